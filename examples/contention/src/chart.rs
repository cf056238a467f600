//! Draws what was measured, once as SVG and once as PNG: a column a database, throughput above and latency below.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::Error;
use crate::scale::Scale;
use crate::strategy::Strategy;
use crate::workload::Measured;

// All in pixels.
const MARGIN: i32 = 28;
const HEAD: i32 = 92;
/// Of one panel, with the numbers of its scale and the words below it.
const PANEL: (i32, i32) = (430, 290);
const NUMBERS: i32 = 62;
const TITLE: i32 = 34;
const WORDS: i32 = 44;

const INK: RGBColor = RGBColor(33, 37, 41);
const PALE_INK: RGBColor = RGBColor(108, 117, 125);
const GRID: RGBColor = RGBColor(226, 230, 234);

const FAMILY: &str = "sans-serif";

type Drawn = Result<(), Box<dyn std::error::Error + Send + Sync>>;
type Area<B> = DrawingArea<B, Shift>;

/// Writes both files.
pub fn write(svg: &Path, png: &Path, all: &[Measured]) -> Result<(), Error> {
    // The letters of the PNG. An SVG has its own, but is laid out by these.
    let registered = plotters::style::register_font(FAMILY, FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| "the font is broken".into());
    let drawn = registered.and_then(|()| draw(&SVGBackend::new(svg, size(all)).into_drawing_area(), all));
    drawn.map_err(|source| Error::Write { file: svg.to_owned(), source })?;
    write_png(png, all).map_err(|source| Error::Write { file: png.to_owned(), source })
}

fn write_png(file: &Path, all: &[Measured]) -> Drawn {
    let (width, height) = size(all);
    let mut pixels = vec![0; width as usize * height as usize * 3];
    draw(&BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area(), all)?;
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(())
}

fn databases(all: &[Measured]) -> Vec<&'static str> {
    let mut names: Vec<_> = all.iter().map(|measured| measured.cell.database).collect();
    names.dedup();
    names
}

fn size(all: &[Measured]) -> (u32, u32) {
    // The legend needs two panels' width.
    let columns = i32::try_from(databases(all).len()).unwrap_or(i32::MAX).clamp(2, 16);
    ((2 * MARGIN + columns * PANEL.0).unsigned_abs(), (HEAD + 2 * PANEL.1 + MARGIN).unsigned_abs())
}

fn draw<B: DrawingBackend>(root: &Area<B>, all: &[Measured]) -> Drawn
where
    B::ErrorType: 'static,
{
    let fill = |color: RGBColor| ShapeStyle::from(&color).filled();
    root.fill(&WHITE).map_err(sentence)?;
    let workers = all.first().map_or(0, |measured| measured.cell.workers);
    let title = format!("{workers} workers add one to few rows or many");
    text(root, &title, (MARGIN, 30), 20, INK, HPos::Left)?;
    let mut strategies: Vec<Strategy> = Vec::new();
    for measured in all {
        if !strategies.contains(&measured.cell.strategy) {
            strategies.push(measured.cell.strategy);
        }
    }
    for (place, strategy) in (0..).zip(&strategies) {
        let left = MARGIN + place * 118;
        root.draw(&Rectangle::new([(left, 54), (left + 12, 66)], fill(color(*strategy))))
            .map_err(sentence)?;
        text(root, strategy.name(), (left + 18, 60), 14, INK, HPos::Left)?;
    }
    for (column, database) in (0..).zip(databases(all)) {
        let of_it: Vec<_> =
            all.iter().filter(|measured| measured.cell.database == database).copied().collect();
        let left = MARGIN + column * PANEL.0;
        let rates = of_it.iter().map(|measured| measured.per_second);
        let throughput = Panel {
            title: format!("{database}: increments per second"),
            scale: Scale::from_zero(rates),
            height: |measured| measured.per_second,
            corner: (left, HEAD),
        };
        throughput.draw(root, &of_it, &strategies)?;
        let latencies = of_it.iter().map(|measured| measured.p99.as_secs_f64() * 1000.0);
        let latency = Panel {
            title: format!("{database}: p99 latency in ms, logarithmic"),
            scale: Scale::decades(latencies),
            height: |measured| measured.p99.as_secs_f64() * 1000.0,
            corner: (left, HEAD + PANEL.1),
        };
        latency.draw(root, &of_it, &strategies)?;
    }
    root.present().map_err(sentence)
}

struct Panel {
    title: String,
    scale: Scale,
    height: fn(&Measured) -> f64,
    corner: (i32, i32),
}

impl Panel {
    fn draw<B: DrawingBackend>(&self, root: &Area<B>, all: &[Measured], strategies: &[Strategy]) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let (left, right) = (self.corner.0 + NUMBERS, self.corner.0 + PANEL.0 - MARGIN);
        let (top, bottom) = (self.corner.1 + TITLE, self.corner.1 + PANEL.1 - WORDS);
        text(root, &self.title, (self.corner.0, self.corner.1 + 12), 15, INK, HPos::Left)?;
        for (share, label) in self.scale.ticks() {
            let y = at(bottom, top, share);
            root.draw(&PathElement::new([(left, y), (right, y)], GRID)).map_err(sentence)?;
            text(root, &label, (left - 6, y), 12, PALE_INK, HPos::Right)?;
        }
        let mut levels: Vec<u32> = all.iter().map(|measured| measured.cell.rows).collect();
        levels.dedup();
        let groups = i32::try_from(levels.len()).unwrap_or(i32::MAX).max(1);
        let bars = i32::try_from(strategies.len()).unwrap_or(i32::MAX).max(1);
        let group = (right - left) / groups;
        let bar = ((group - 14) / bars).clamp(1, 28);
        for (place, level) in (0..).zip(levels) {
            let middle = left + place * group + group / 2;
            let rows = if level == 1 { "1 row".to_owned() } else { format!("{} rows", thousands(level)) };
            text(root, &rows, (middle, bottom + 14), 12, PALE_INK, HPos::Center)?;
            for (number, strategy) in (0..).zip(strategies) {
                let measured = all
                    .iter()
                    .find(|measured| measured.cell.rows == level && measured.cell.strategy == *strategy);
                let Some(measured) = measured else { continue };
                let x = middle - bars * bar / 2 + number * bar;
                let y = at(bottom, top, self.scale.share((self.height)(measured)));
                let shape = Rectangle::new(
                    [(x, y), (x + bar - 1, bottom)],
                    ShapeStyle::from(&color(*strategy)).filled(),
                );
                root.draw(&shape).map_err(sentence)?;
            }
        }
        root.draw(&PathElement::new([(left, bottom), (right, bottom)], PALE_INK)).map_err(sentence)
    }
}

/// The pixel at a share of the way from `bottom` up to `top`.
fn at(bottom: i32, top: i32, share: f64) -> i32 {
    let height = f64::from(bottom - top) * share;
    (top..=bottom).find(|&pixel| f64::from(bottom - pixel) - 0.5 <= height).unwrap_or(bottom)
}

fn text<B: DrawingBackend>(
    root: &Area<B>,
    words: &str,
    place: (i32, i32),
    size: i32,
    color: RGBColor,
    anchor: HPos,
) -> Drawn
where
    B::ErrorType: 'static,
{
    let style = TextStyle::from((FAMILY, size)).color(&color).pos(Pos::new(anchor, VPos::Center));
    root.draw(&Text::new(words.to_owned(), place, style)).map_err(sentence)
}

/// plotters' own errors need not be `Send`.
fn sentence(error: impl std::fmt::Display) -> Box<dyn std::error::Error + Send + Sync> {
    error.to_string().into()
}

pub fn thousands(number: u32) -> String {
    if number < 10_000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

/// Told apart also by those who see few colours: they differ in brightness, and stand in the legend's order.
fn color(strategy: Strategy) -> RGBColor {
    match strategy {
        Strategy::Plain => RGBColor(190, 197, 204),
        Strategy::Retry => RGBColor(116, 192, 252),
        Strategy::Modify => RGBColor(25, 113, 194),
        Strategy::Escalate => RGBColor(12, 52, 110),
        Strategy::Adaptive => RGBColor(21, 170, 191),
        Strategy::Lock => RGBColor(151, 117, 250),
        Strategy::Pessimistic => RGBColor(232, 149, 88),
        Strategy::Atomic => RGBColor(64, 160, 98),
    }
}

//! Draws panels of bars as SVG: blocking contenders on the left, async ones on the right.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::clients::{BY_HAND, OCC};

pub struct Panel {
    pub title: String,
    pub right: bool,
    pub bars: Vec<Bar>,
}

pub struct Bar {
    pub name: &'static str,
    /// In any unit: the longest of a panel fills it.
    pub length: f64,
    pub label: String,
}

// All in pixels.
const MARGIN: i32 = 24;
const HEAD: i32 = 64;
const NAMES: i32 = 172;
const BARS: i32 = 200;
const LABELS: i32 = 120;
const PANEL: i32 = NAMES + BARS + LABELS;
const LINE: i32 = 22;
const PANEL_HEAD: i32 = 34;
const PANEL_FOOT: i32 = 16;

const INK: RGBColor = RGBColor(33, 37, 41);
const PALE_INK: RGBColor = RGBColor(108, 117, 125);
const OF_OCC: RGBColor = RGBColor(25, 113, 194);
const OF_HAND: RGBColor = RGBColor(232, 149, 88);
const OF_OTHERS: RGBColor = RGBColor(190, 197, 204);

type Outcome = Result<(), Box<dyn std::error::Error>>;

pub fn draw(file: &Path, title: &str, remark: &str, panels: &[Panel]) -> Outcome {
    let rows = rows(panels);
    let height: i32 = rows.iter().map(Row::height).sum();
    let columns = if panels.iter().any(|panel| !panel.right) { 2 } else { 1 };
    let size = (2 * MARGIN + columns * PANEL + (columns - 1) * MARGIN, HEAD + height + MARGIN);
    let root = SVGBackend::new(file, (size.0.try_into()?, size.1.try_into()?)).into_drawing_area();
    root.fill(&WHITE)?;
    write(&root, title, (MARGIN, 26), 20, INK, HPos::Left)?;
    write(&root, remark, (MARGIN, 48), 12, PALE_INK, HPos::Left)?;
    let mut top = HEAD;
    for row in rows {
        for panel in row.0.into_iter().flatten() {
            let column = if panel.right { columns - 1 } else { 0 };
            panel.draw(&root, (MARGIN + column * (PANEL + MARGIN), top))?;
        }
        top += Row(row.0).height();
    }
    root.present()?;
    Ok(())
}

/// What stands beside each other.
#[derive(Clone, Copy)]
struct Row<'a>([Option<&'a Panel>; 2]);

impl Row<'_> {
    fn height(&self) -> i32 {
        self.0.iter().flatten().map(|panel| panel.height()).max().unwrap_or_default()
    }
}

/// A panel of the right column goes beside the one before it, if that is on the left.
fn rows(panels: &[Panel]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for panel in panels {
        match rows.last_mut() {
            Some(Row([Some(_), right @ None])) if panel.right => *right = Some(panel),
            _ if panel.right => rows.push(Row([None, Some(panel)])),
            _ => rows.push(Row([Some(panel), None])),
        }
    }
    rows
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

impl Panel {
    fn height(&self) -> i32 {
        PANEL_HEAD + i32::try_from(self.bars.len()).unwrap_or_default() * LINE + PANEL_FOOT
    }

    fn draw(&self, root: &Area<'_>, (left, top): (i32, i32)) -> Outcome {
        write(root, &self.title, (left, top + PANEL_HEAD / 2), 15, INK, HPos::Left)?;
        let longest = self.bars.iter().map(|bar| bar.length).fold(f64::MIN_POSITIVE, f64::max);
        let mut y = top + PANEL_HEAD;
        for bar in &self.bars {
            let colour = match bar.name {
                OCC => OF_OCC,
                BY_HAND => OF_HAND,
                _ => OF_OTHERS,
            };
            let start = left + NAMES;
            let end = start + (f64::from(BARS) * bar.length / longest).round().max(1.0) as i32;
            let middle = y + LINE / 2;
            write(root, bar.name, (start - 8, middle), 13, INK, HPos::Right)?;
            root.draw(&Rectangle::new([(start, y + 3), (end, y + LINE - 3)], colour.filled()))?;
            write(root, &bar.label, (end + 8, middle), 13, PALE_INK, HPos::Left)?;
            y += LINE;
        }
        root.draw(&PathElement::new([(left + NAMES, top + PANEL_HEAD), (left + NAMES, y)], PALE_INK))?;
        Ok(())
    }
}

/// Text whose middle line is at this height.
fn write(root: &Area<'_>, text: &str, at: (i32, i32), size: i32, ink: RGBColor, anchor: HPos) -> Outcome {
    let style = ("sans-serif", size).into_font().color(&ink).pos(Pos::new(anchor, VPos::Center));
    root.draw(&Text::new(text.to_owned(), at, style))?;
    Ok(())
}

//! The scale beside a panel: where a value lies, and which lines are drawn.

/// From bottom to top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// From 0 to `lines` times `step`.
    Linear { step: f64, lines: u8 },
    /// From 10 to the power of `lowest` to that of `highest`.
    Decades { lowest: i32, highest: i32 },
}

impl Scale {
    /// Up to a round number above all values.
    pub fn from_zero(values: impl Iterator<Item = f64>) -> Self {
        let most = values.fold(1.0, f64::max);
        let decade = 10_f64.powi(exponent(most / 4.0));
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .map(|factor| factor * decade)
            .into_iter()
            .find(|step| step * 4.0 >= most)
            .unwrap_or(most);
        let lines = (1..4).find(|lines| step * f64::from(*lines) >= most).unwrap_or(4);
        Self::Linear { step, lines }
    }

    /// As many decades as all values need.
    pub fn decades(values: impl Iterator<Item = f64> + Clone) -> Self {
        let positive = values.filter(|value| *value > 0.0);
        let lowest = exponent(positive.clone().fold(f64::INFINITY, f64::min).min(1e9));
        let highest = positive.fold(0.001, f64::max).log10().ceil();
        let highest = exponent(10_f64.powf(highest) * 1.01);
        Self::Decades { lowest: lowest.min(highest - 1), highest }
    }

    /// Of the whole height; a value below the scale has none.
    pub fn share(self, value: f64) -> f64 {
        match self {
            Self::Linear { step, lines } => value / (step * f64::from(lines)),
            Self::Decades { lowest, highest } => {
                let length = f64::from(highest - lowest);
                (value.max(f64::MIN_POSITIVE).log10() - f64::from(lowest)).max(0.0) / length
            }
        }
    }

    /// The lines' places and what stands beside them.
    pub fn ticks(self) -> Vec<(f64, String)> {
        let values: Vec<f64> = match self {
            Self::Linear { step, lines } => (0..=lines).map(|line| step * f64::from(line)).collect(),
            Self::Decades { lowest, highest } => (lowest..=highest).map(|power| 10_f64.powi(power)).collect(),
        };
        values.into_iter().map(|value| (self.share(value), number(value))).collect()
    }
}

/// Of the greatest power of ten that is not above `value`.
fn exponent(value: f64) -> i32 {
    let powers = f64::MIN_10_EXP..=f64::MAX_10_EXP;
    powers.rev().find(|&power| 10_f64.powi(power) <= value).unwrap_or(f64::MIN_10_EXP)
}

fn number(value: f64) -> String {
    if value >= 10_000.0 {
        format!("{}k", value / 1000.0)
    } else {
        // As short as it can be: 0.1, 2.5, 500.
        let digits = format!("{value:.3}");
        digits.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn a_scale_ends_at_a_round_number_above_all_values() {
        assert_eq!(Scale::from_zero([830.0, 4100.0].into_iter()), Scale::Linear { step: 2000.0, lines: 3 });
        assert_eq!(Scale::from_zero([1000.0].into_iter()), Scale::Linear { step: 250.0, lines: 4 });
        assert_eq!(Scale::from_zero([].into_iter()), Scale::Linear { step: 0.25, lines: 4 });
    }

    #[test]
    fn decades_enclose_all_values() {
        assert_eq!(Scale::decades([0.3, 45.0].into_iter()), Scale::Decades { lowest: -1, highest: 2 });
        assert_eq!(Scale::decades([100.0].into_iter()), Scale::Decades { lowest: 1, highest: 2 });
        let scale = Scale::decades([].into_iter());
        assert!(scale.ticks().len() > 1, "{scale:?}");
    }

    #[test]
    fn values_lie_where_their_lines_do() {
        let scale = Scale::Decades { lowest: 0, highest: 2 };
        assert!((scale.share(10.0) - 0.5).abs() < 1e-9);
        let words: Vec<String> = scale.ticks().into_iter().map(|(_, words)| words).collect();
        assert_eq!(words, ["1", "10", "100"]);
    }
}

//! Whether what a version column is set to can be another version.

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, UnaryOperator,
    Value,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::testing::watch::table::{Table, same};

/// What a value does to the version. The greater ones decide where a column is set twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moves {
    /// As far as the text tells: a value that is bound cannot be judged.
    Yes,
    /// To the version that a new row would have had.
    Inserted,
    /// It is the version that is there, or a constant, which is the same for each row and each time.
    No,
}

/// The values of a row that is assigned to several columns. Of a query they are not known.
pub(super) fn row(value: &Expr, columns: usize) -> Vec<&Expr> {
    match value {
        Expr::Tuple(values) => values.iter().collect(),
        Expr::Nested(value) if columns == 1 => vec![value],
        Expr::Function(function) if is_named(function, &["row"]) => arguments(function),
        _ => Vec::new(),
    }
}

/// Whether `value` moves the version of `table`, which is named `own` in the statement. `inserted` is the name of the row that an
/// upsert would have inserted, besides `excluded`.
pub(super) fn moves(value: Option<&Expr>, table: &Table, own: &str, inserted: Option<&str>) -> Moves {
    let Some(value) = value else { return Moves::Yes };
    let again = |value: &Expr| moves(Some(value), table, own, inserted);
    match value {
        Expr::Nested(value)
        | Expr::Cast { expr: value, .. }
        | Expr::Collate { expr: value, .. }
        | Expr::UnaryOp { op: UnaryOperator::Plus, expr: value } => again(value),
        Expr::Identifier(name) => column(&[name], table, own, inserted),
        Expr::CompoundIdentifier(names) => column(&names.iter().collect::<Vec<_>>(), table, own, inserted),
        Expr::Function(function) => called(function, &again),
        Expr::Case { conditions, else_result, .. } => {
            let results = conditions.iter().map(|when| &when.result).chain(else_result.as_deref());
            results.map(again).min().unwrap_or(Moves::Yes)
        }
        // `version + 0`, `version * 1`
        Expr::BinaryOp { left, op, right } if leaves(op, left, right) => again(left).max(again(right)),
        other if is_constant(other) => Moves::No,
        _ => Moves::Yes,
    }
}

fn column(names: &[&Ident], table: &Table, own: &str, inserted: Option<&str>) -> Moves {
    let mut names = names.iter().rev().map(|name| name.value.as_str());
    let (name, qualifier) = (names.next().unwrap_or_default(), names.next());
    if qualifier.is_none() && same(name, "default") {
        return Moves::No;
    }
    if !same(name, table.version) {
        return Moves::Yes;
    }
    match qualifier {
        Some(new) if same(new, "excluded") || inserted.is_some_and(|inserted| same(inserted, new)) => {
            Moves::Inserted
        }
        // Of another table, whose version is another.
        Some(other) if !same(other, own) => Moves::Yes,
        _ => Moves::No,
    }
}

fn called(function: &Function, moves: &dyn Fn(&Expr) -> Moves) -> Moves {
    let arguments = arguments(function);
    match arguments.first() {
        // MySQL's name for the row that would have been inserted. Of anything but the version it cannot be judged.
        Some(first) if is_named(function, &["values", "value"]) => match moves(first) {
            Moves::No if !is_constant(first) => Moves::Inserted,
            other => other,
        },
        Some(first) if is_named(function, &["coalesce", "ifnull"]) => moves(first),
        _ => Moves::Yes,
    }
}

/// Whether an operation gives what one of its sides is.
fn leaves(op: &BinaryOperator, left: &Expr, right: &Expr) -> bool {
    let number = |side: &Expr, wanted: &str| match side {
        Expr::Value(value) => matches!(&value.value, Value::Number(number, _) if number == wanted),
        _ => false,
    };
    match op {
        BinaryOperator::Plus => number(left, "0") || number(right, "0"),
        BinaryOperator::Minus => number(right, "0"),
        BinaryOperator::Multiply => number(left, "1") || number(right, "1"),
        BinaryOperator::Divide => number(right, "1"),
        _ => false,
    }
}

/// Whether a value is the same for each row and each time.
fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Value(value) => !matches!(value.value, Value::Placeholder(_)),
        Expr::TypedString(_) => true,
        Expr::Nested(value) | Expr::Cast { expr: value, .. } | Expr::UnaryOp { expr: value, .. } => {
            is_constant(value)
        }
        Expr::BinaryOp { left, right, .. } => is_constant(left) && is_constant(right),
        _ => false,
    }
}

fn is_named(function: &Function, names: &[&str]) -> bool {
    let name = function.name.0.last().and_then(|part| part.as_ident());
    name.is_some_and(|name| names.iter().any(|wanted| same(wanted, &name.value)))
}

fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    let expressions = list.args.iter().filter_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value),
        _ => None,
    });
    expressions.collect()
}

/// Whether a condition names a column, wherever.
pub(super) fn names(condition: &Expr, column: &str) -> bool {
    let text = condition.to_string();
    let tokens = Tokenizer::new(&GenericDialect {}, &text).tokenize().unwrap_or_default();
    tokens.iter().any(|token| matches!(token, Token::Word(word) if same(&word.value, column)))
}

//! Tables of plain text.

use std::fmt::Write;

/// How a column of a table is set.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Whether its cells end below each other, as numbers do; else they begin so.
    pub right: bool,
    /// Characters between it and the column before it.
    pub gap: usize,
    /// Its least width, in characters.
    pub least: usize,
}

/// Rows below each other: each column as wide as its widest cell. No line ends with a space.
pub fn table<const N: usize>(columns: [Column; N], rows: &[[String; N]]) -> String {
    let widest = |i: usize| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(|i| widest(i).max(columns[i].least));
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, Column { right, gap, .. }), width) in row.iter().zip(columns).zip(widths) {
            // A string takes whatever is written.
            let _ = match right {
                true => write!(line, "{:gap$}{cell:>width$}", ""),
                false => write!(line, "{:gap$}{cell:<width$}", ""),
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_below_each_other() {
        let columns = [(false, 0, 0), (true, 2, 4), (false, 1, 0)];
        let columns = columns.map(|(right, gap, least)| Column { right, gap, least });
        let rows = [["é", "1", "x"], ["name", "12345", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(table(columns, &rows), "é         1 x\nname  12345\n");
    }
}

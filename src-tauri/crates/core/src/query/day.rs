//! Days and ages as they are written in a query.

/// A day, a month or a year, as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// A length of time in one unit, as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: AgeUnit,
}

/// What ages are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "units are what their names say")]
pub enum AgeUnit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

impl Day {
    /// Year, month and day, as far as they were written.
    pub(super) fn parts(self) -> (i16, Option<i8>, Option<i8>) {
        (self.year, self.month, self.day)
    }

    /// Reads `2025`, `2025-03` or `2025-03-01`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let number = |part: &str, len: usize| {
            let written =
                (1..=len).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            written.then(|| part.parse::<i16>().ok()).flatten()
        };
        let year = parts.next().filter(|year| year.len() == 4)?;
        let small = |part: Option<&str>| match part {
            Some(part) => Some(Some(i8::try_from(number(part, 2)?).ok()?)),
            None => Some(None),
        };
        let read = Self {
            year: number(year, 4)?,
            month: small(parts.next())?,
            day: small(parts.next())?,
        };
        let (year, month, day) = read.first();
        jiff::civil::Date::new(year, month, day).ok()?;
        parts.next().is_none().then_some(read)
    }

    /// The last day before what is meant.
    pub fn before(self) -> Option<Self> {
        let (year, month, day) = self.first();
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        Some(Self::of(date.yesterday().ok()?))
    }

    /// The first day after what is meant.
    pub fn next(self) -> Option<Self> {
        let (year, month, day) = self.after()?;
        Some(Self::of(jiff::civil::Date::new(year, month, day).ok()?))
    }

    /// The first day of what is meant, written as a day.
    pub fn whole(self) -> Option<Self> {
        let (year, month, day) = self.first();
        Some(Self::of(jiff::civil::Date::new(year, month, day).ok()?))
    }

    fn of(date: jiff::civil::Date) -> Self {
        Self {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }

    /// The first day that is meant, as year, month and day.
    pub fn first(self) -> (i16, i8, i8) {
        (self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    /// The first day after those that are meant; `None` at the end of time.
    pub fn after(self) -> Option<(i16, i8, i8)> {
        let (year, month, day) = self.first();
        let first = jiff::civil::Date::new(year, month, day).ok()?;
        let span = match (self.month, self.day) {
            (_, Some(_)) => jiff::Span::new().days(1),
            (Some(_), None) => jiff::Span::new().months(1),
            (None, None) => jiff::Span::new().years(1),
        };
        let after = first.checked_add(span).ok()?;
        Some((after.year(), after.month(), after.day()))
    }
}

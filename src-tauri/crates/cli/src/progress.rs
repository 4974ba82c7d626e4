//! A progress bar on standard error while work is long, if that is a terminal; otherwise nothing.

use indicatif::{ProgressBar, ProgressStyle};
use segue_app::{AnalyzeProgress, JobStage, Playing, ScanProgress};

pub(crate) struct Bar {
    bar: ProgressBar,
}

pub(crate) fn scan() -> Bar {
    Bar::new("scanning  {pos}/{len} {wide_bar} {msg}")
}

pub(crate) fn analysis() -> Bar {
    Bar::new("{prefix} {pos}/{len} {wide_bar} {eta} {msg}")
}

pub(crate) fn playing() -> Bar {
    Bar::new("{msg}")
}

impl Bar {
    /// Draws on standard error; indicatif hides it where that is no terminal.
    fn new(template: &str) -> Self {
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template(template).expect("the template is well formed"));
        Self { bar }
    }

    /// Never asks for an early end: that is what Ctrl+C is for, and it loses nothing.
    pub(crate) fn scan(&mut self, progress: &ScanProgress) -> bool {
        self.bar.set_length(progress.files);
        self.bar.set_position(progress.done);
        true
    }

    pub(crate) fn analysis(&mut self, progress: &AnalyzeProgress) -> bool {
        let stage = match progress.stage {
            JobStage::Listening => "listening",
            JobStage::Measuring => "measuring",
            JobStage::Closely => "listening more closely",
        };
        if self.bar.prefix() != stage {
            self.bar.set_prefix(stage);
            self.bar.reset();
        }
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
        self.bar
            .set_message(progress.current.clone().unwrap_or_default());
        true
    }

    pub(crate) fn playing(&mut self, playing: &Playing) {
        self.bar
            .set_message(format!("{}  {:.0} s", playing.path, playing.position_s));
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

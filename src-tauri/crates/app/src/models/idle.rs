//! Whether the machine has time and power to spare.

#[cfg(target_os = "linux")]
use std::fs;
#[cfg(target_os = "linux")]
use std::path::Path;

/// Whether the machine runs on its battery. One without a battery does not, nor one that does not tell.
pub(super) fn on_battery() -> bool {
    #[cfg(target_os = "linux")]
    return runs_down(Path::new("/sys/class/power_supply"));
    #[cfg(any(target_os = "macos", target_os = "windows"))]
    return runs_down();
    #[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
    false
}

/// Whether others keep half of the cores busy. What this process does at the same time, one thread at the lowest priority, is
/// taken off. Where the system does not tell, it is not busy: that priority gives way to whatever else runs.
pub(super) fn is_busy() -> bool {
    #[cfg(target_os = "linux")]
    {
        let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        is_loaded(&text, cores)
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// Whether of the last minute more than half of the cores, and one more for the work that asks, were wanted: `proc_loadavg(5)`.
#[cfg(target_os = "linux")]
fn is_loaded(loadavg: &str, cores: usize) -> bool {
    let minute = loadavg.split_whitespace().next();
    let minute: Option<f64> = minute.and_then(|text| text.parse().ok());
    minute.is_some_and(|wanted| wanted > cores as f64 / 2.0 + 1.0)
}

/// Whether a battery of the system is discharging (`sysfs-class-power`). Batteries of mice and headsets (scope `Device`) tell
/// nothing of it.
#[cfg(target_os = "linux")]
fn runs_down(supplies: &Path) -> bool {
    let entries = fs::read_dir(supplies).into_iter().flatten().flatten();
    let mut entries = entries.map(|entry| entry.path());
    entries.any(|supply| {
        let says = |name: &str, value: &str| {
            fs::read_to_string(supply.join(name)).is_ok_and(|text| text.trim() == value)
        };
        says("type", "Battery") && says("status", "Discharging") && !says("scope", "Device")
    })
}

#[cfg(any(target_os = "macos", target_os = "windows"))]
fn runs_down() -> bool {
    use starship_battery::{Manager, State};
    let batteries = Manager::new().and_then(|manager| manager.batteries());
    let batteries = batteries.into_iter().flatten().flatten();
    let mut states = batteries.map(|battery| battery.state());
    states.any(|state| state == State::Discharging)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_machine_runs_on_its_battery_when_one_of_its_own_runs_down() {
        let folder = tempfile::tempdir().unwrap();
        let supply = |name: &str, files: &[(&str, &str)]| {
            let supply = folder.path().join(name);
            fs::create_dir_all(&supply).unwrap();
            for (file, text) in files {
                fs::write(supply.join(file), format!("{text}\n")).unwrap();
            }
        };
        let check = |expected: bool| assert_eq!(runs_down(folder.path()), expected);
        check(false);
        supply("AC", &[("type", "Mains"), ("online", "0")]);
        check(false);
        let mouse = [
            ("type", "Battery"),
            ("status", "Discharging"),
            ("scope", "Device"),
        ];
        supply("hidpp_battery_0", &mouse);
        check(false);
        for (status, expected) in [
            ("Charging", false),
            ("Full", false),
            ("Not charging", false),
            ("Unknown", false),
            ("Discharging", true),
        ] {
            supply("BAT0", &[("type", "Battery"), ("status", status)]);
            check(expected);
        }
        assert!(!runs_down(&folder.path().join("nowhere")));
    }

    #[test]
    fn half_of_the_cores_and_one_for_the_work_itself_are_not_busy() {
        for (loadavg, cores, expected) in [
            ("0.00 0.01 0.05 1/900 4711\n", 4, false),
            ("2.90 0.01 0.05 1/900 4711\n", 4, false),
            ("3.10 0.01 0.05 4/900 4711\n", 4, true),
            ("1.40 9.00 9.00 4/900 4711\n", 1, false),
            ("1.60 0.00 0.00 4/900 4711\n", 1, true),
            ("", 4, false),
            ("much", 4, false),
        ] {
            assert_eq!(is_loaded(loadavg, cores), expected, "{loadavg:?} {cores}");
        }
    }
}

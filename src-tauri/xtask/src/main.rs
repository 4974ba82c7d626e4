//! `cargo xtask`: the repository's own commands, each one whole.
//!
//! `run` opens the player, `test` runs everything that CI runs. Both first do the set-up (`setup`), say what
//! they install, and do nothing of it a second time. Nothing here is part of Segue itself.

mod bench;
mod eval;
mod run;
mod setup;
mod shell;
mod test;

use std::process::ExitCode;

use shell::Failure;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  run [ARGS…]   sets up, builds and opens the player; without a display: the demo tour on the command line
  test          sets up, then runs everything that CI runs
  setup         system packages, npm packages and ONNX Runtime, where they are missing
  bench [MUSIC] speed and memory of the release build, with the ratios that matter
  eval ear      what the shipped model is worth on music it was not trained on
  eval taste    what simulated listeners teach the recommender, and how fast
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", &[][..]),
    };
    let outcome = match (command, rest) {
        ("run", arguments) => run::run(arguments),
        ("test", []) => test::test(),
        ("setup", []) => setup::everything(setup::For::Running),
        ("bench", []) => bench::bench(None),
        ("bench", [folder]) => bench::bench(Some(folder)),
        ("eval", [what, arguments @ ..]) if what == "ear" => eval::ear(arguments),
        ("eval", [what, arguments @ ..]) if what == "taste" => eval::taste(arguments),
        _ => Err(Failure::usage(USAGE)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            shell::complain(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

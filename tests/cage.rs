//! A cage for the programs under test: whoever in it opens a socket of an internet family, or asks the kernel or a name
//! server for an address, is killed on the spot (SIGSYS). Children inherit it, and nobody can leave it.
//!
//! `segue-cage PROGRAM ARGUMENT…` replaces itself with the program. The kernel's filter is seccomp (man 2 seccomp).

#[cfg(target_os = "linux")]
#[expect(
    clippy::print_stderr,
    reason = "a program that cannot start the other one says so"
)]
fn main() {
    use std::os::unix::process::CommandExt;
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: segue-cage PROGRAM [ARGUMENT…]");
        std::process::exit(2);
    };
    if let Err(error) = linux::shut() {
        eprintln!("segue-cage: cannot shut the cage: {error}");
        std::process::exit(2);
    }
    let error = std::process::Command::new(&program).args(arguments).exec();
    eprintln!("segue-cage: cannot start {}: {error}", program.display());
    std::process::exit(2);
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::error::Error;

    use seccompiler::SeccompCmpArgLen::Dword;
    use seccompiler::SeccompCmpOp::{self, Eq};
    use seccompiler::{BpfProgram, SeccompAction, SeccompCondition, SeccompFilter, SeccompRule};

    /// Puts this process, and all that it becomes, into the cage.
    pub(super) fn shut() -> Result<(), Box<dyn Error>> {
        let when = |conditions: &[(u8, SeccompCmpOp, u64)]| {
            let conditions = conditions
                .iter()
                .map(|(argument, how, value)| {
                    SeccompCondition::new(*argument, Dword, how.clone(), *value)
                })
                .collect::<Result<Vec<_>, _>>()?;
            SeccompRule::new(conditions)
        };
        let family = |family: i32| (0, Eq, family as u64);
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
        // Sockets can be made in a ring as well, past every rule about `socket`.
        rules.insert(libc::SYS_io_uring_setup, vec![]);
        // Netlink, too: it is how a look-up begins, by asking which families this machine has addresses of.
        let families = [
            libc::AF_INET,
            libc::AF_INET6,
            libc::AF_PACKET,
            libc::AF_NETLINK,
        ];
        let sockets = families.iter().map(|one| when(&[family(*one)]));
        rules.insert(libc::SYS_socket, sockets.collect::<Result<_, _>>()?);
        let filter: BpfProgram = SeccompFilter::new(
            rules,
            SeccompAction::Allow,
            SeccompAction::KillProcess,
            std::env::consts::ARCH.try_into()?,
        )?
        .try_into()?;
        Ok(seccompiler::apply_filter(&filter)?)
    }
}

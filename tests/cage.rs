//! A cage for the programs under test: whoever in it opens a socket of an internet family, or asks the kernel or a name
//! server for an address, is killed on the spot (SIGSYS). Children inherit it, and nobody can leave it.
//!
//! `segue-cage PROGRAM ARGUMENT…` lets nothing through. `segue-cage --driven PROGRAM ARGUMENT…` is for a window that a
//! WebDriver drives, whose processes speak to its driver over TCP on 127.0.0.1: TCP over IPv4 is let through, and what a look-up
//! of a name needs (UDP) is not, nor is IPv6. The kernel's filter (seccomp, man 2 seccomp) sees numbers and no addresses.

#[cfg(target_os = "linux")]
#[expect(
    clippy::print_stderr,
    reason = "a program that cannot start the other one says so"
)]
fn main() {
    use std::os::unix::process::CommandExt;
    let mut arguments = std::env::args_os().skip(1).peekable();
    let driven = arguments.next_if(|first| first == "--driven").is_some();
    let Some(program) = arguments.next() else {
        eprintln!("usage: segue-cage [--driven] PROGRAM [ARGUMENT…]");
        std::process::exit(2);
    };
    if let Err(error) = linux::shut(driven) {
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
    use seccompiler::SeccompCmpOp::{self, Eq, MaskedEq};
    use seccompiler::{BpfProgram, SeccompAction, SeccompCondition, SeccompFilter, SeccompRule};

    /// The part of a socket's type that is no flag (linux/net.h).
    const TYPE_MASK: u64 = 0xf;

    /// Puts this process, and all that it becomes, into the cage.
    pub(super) fn shut(driven: bool) -> Result<(), Box<dyn Error>> {
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
        let kind = |kind: i32| (1, MaskedEq(TYPE_MASK), kind as u64);
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
        // Sockets can be made in a ring as well, past every rule about `socket`.
        rules.insert(libc::SYS_io_uring_setup, vec![]);
        if driven {
            let sockets = vec![
                when(&[family(libc::AF_INET6)])?,
                when(&[family(libc::AF_INET), kind(libc::SOCK_DGRAM)])?,
                when(&[family(libc::AF_INET), kind(libc::SOCK_RAW)])?,
                when(&[family(libc::AF_PACKET)])?,
            ];
            rules.insert(libc::SYS_socket, sockets);
        } else {
            // Netlink, too: it is how a look-up begins, by asking which families this machine has addresses of.
            let families = [
                libc::AF_INET,
                libc::AF_INET6,
                libc::AF_PACKET,
                libc::AF_NETLINK,
            ];
            let sockets = families.iter().map(|one| when(&[family(*one)]));
            rules.insert(libc::SYS_socket, sockets.collect::<Result<_, _>>()?);
        }
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

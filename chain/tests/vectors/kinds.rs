//! Stable names for what is wrong with a stored entry, so that vectors need no words of this implementation.

use chain::state::Fault;

pub fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Entry(_) => "entry".into(),
        Fault::Index(_) => "index".into(),
        Fault::Link => "link".into(),
        Fault::Time => "time".into(),
        Fault::Registry => "registry".into(),
        Fault::Repeat(_) => "repeat".into(),
        Fault::Refused(refusal) => format!("refused:{}", refusal.code()),
    }
}

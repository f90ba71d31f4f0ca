//! The Gazette protocol.

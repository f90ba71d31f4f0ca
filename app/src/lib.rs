//! What people see: pages, islands, words.

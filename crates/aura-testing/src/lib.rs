//! A database for each test, cloned from a template on a server of the test binary's own

//! Ids of CUID2's alphabet and length that sort by time, and the reference CUID2

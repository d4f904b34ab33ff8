//! Questions about the tables that are there.

/// The tables with foreign keys to the table of this name, itself left out. Two parameters: the name, twice. A referrer in another
/// database counts as well.
pub(super) const REFERRERS: &str = "SELECT DISTINCT TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS \
     WHERE UNIQUE_CONSTRAINT_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME = ? \
     AND NOT (CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = ?) ORDER BY TABLE_NAME";

/// The names of the indexes of the table of this name. One parameter.
pub(super) const INDEX_NAMES: &str = "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS \
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY INDEX_NAME";

//! Questions about the tables that are there.

/// The tables with foreign keys to the table of this name, itself left out, and the names of these. Two parameters: the name, twice. A
/// referrer in another database counts as well, and stands there with its database.
pub(super) const REFERRERS: &str = "SELECT IF(CONSTRAINT_SCHEMA = DATABASE(), TABLE_NAME, CONCAT(CONSTRAINT_SCHEMA, '.', TABLE_NAME)), \
     CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS \
     WHERE UNIQUE_CONSTRAINT_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME = ? \
     AND NOT (CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = ?) ORDER BY 1, 2";

/// The names of the foreign keys of the table of this name. One parameter.
pub(super) const FOREIGN_KEY_NAMES: &str = "SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS \
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = ?";

/// The table of this name. One parameter.
pub(super) const TABLE_NAME: &str = "SELECT TABLE_NAME FROM information_schema.TABLES \
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?";

/// The names of the indexes of the table of this name. One parameter.
pub(super) const INDEX_NAMES: &str = "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS \
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY INDEX_NAME";

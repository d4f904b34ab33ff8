//! Connections: `Db`, its options, the pool, transactions, the statement log.

//! A small model of a relational database: transactions, connections and replication, and what its tools print.
//!
//! Plain structs and pure functions; time is always an argument.

mod connections;
mod render;
mod replication;
mod transactions;

pub use connections::{ConnectionSecond, Fleet, Retry, connection_series};
pub use render::{
    Align, TableNames, metric_table, mysql_error, mysql_table, number_with_commas, pg_error, psql_table,
    replica_status,
};
pub use replication::{Change, Lag, Replication, Write};
pub use transactions::{
    Aggregate, Database, Event, Failure, Filter, Isolation, Patience, Reply, RowLock, Statement,
};

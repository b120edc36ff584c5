//! Databases of PostgreSQL, each for one test.

/// The address of the cluster for tests; says so when there is none.
pub fn cluster() -> Option<String> {
    let address = std::env::var("INLET_TEST_POSTGRES_URL").ok();
    if address.is_none() {
        eprintln!("PostgreSQL is not tested: INLET_TEST_POSTGRES_URL is not set");
    }
    address
}

/// Makes a database of that name through the one at `address`; the address of the new one.
pub async fn new_database(address: &str, name: &str) -> String {
    let admin = sqlx::PgPool::connect(address).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&admin).await.unwrap();
    admin.close().await;
    let (server, query) = address.split_once('?').unwrap_or((address, ""));
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{name}?{query}")
}

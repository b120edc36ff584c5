//! The bare page server: rows by their number, as JSON.

use std::cell::RefCell;

use axum::Router;
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use rusqlite::Connection;

use super::Outcome;
use super::sql::write_row;

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Serves `GET /page?offset=N` on a free port until it is killed.
pub fn run(database: &str) -> Outcome<()> {
    let database = database.to_string();
    tokio::runtime::Runtime::new()?.block_on(async move {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("{}", listener.local_addr()?);
        let page = move |Query(asked): Query<Vec<(String, String)>>| {
            let offset =
                asked.iter().find(|(name, _)| name == "offset").and_then(|(_, text)| text.parse().ok());
            let answer = page(&database, offset.unwrap_or_default()).map_err(|error| error.to_string());
            async move { answer }
        };
        axum::serve(listener, Router::new().route("/page", get(page))).await?;
        Ok(())
    })
}

fn page(database: &str, offset: i64) -> Outcome<impl IntoResponse + use<>> {
    CONNECTION.with_borrow_mut(|connection| {
        if connection.is_none() {
            let opened = Connection::open(database)?;
            opened.execute_batch("PRAGMA mmap_size = 1073741824")?;
            *connection = Some(opened);
        }
        let Some(connection) = connection else { return Err("no connection".into()) };
        let mut statement =
            connection.prepare_cached("SELECT * FROM r WHERE id > ?1 ORDER BY id LIMIT 100")?;
        let mut rows = statement.query([offset])?;
        let mut text = String::with_capacity(16 << 10);
        while let Some(row) = rows.next()? {
            text.push(if text.is_empty() { '[' } else { ',' });
            write_row(row, &mut text)?;
        }
        text.push(']');
        Ok(([(header::CONTENT_TYPE, "application/json")], text))
    })
}

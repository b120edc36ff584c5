//! Two servers on one database: neither goes by what the other has made otherwise.

use super::{SMALL, again, all, people, person, sheet_of, write};
use crate::sheets::Sheets;
use crate::store::testing::{databases, samples};

/// Found by a story: after a fold on another server a version is the same and stored otherwise. Whoever held it in
/// memory wrote the next manifest beside what it no longer was, and the sheet could not be read any more.
#[tokio::test]
async fn a_fold_of_another_server_is_noticed_by_the_next_write_and_by_readers() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let [one, other] = [(), ()].map(|()| Sheets::with_limits(1 << 20, SMALL));
        let sheet = sheet_of(&database, &tenant, people()).await;
        for name in ["a", "b", "c"] {
            write!(one, database, &sheet, insert(vec![person(name, "", "")]));
        }
        let now = again(&database, &tenant, &sheet).await;
        assert_eq!(
            (all(&one, &database, &now).await.len(), all(&other, &database, &now).await.len()),
            (3, 3)
        );
        let mut writer = other.writer(&sheet).await.unwrap();
        let mut tx = database.write().await.unwrap();
        writer.fold(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();

        let folded = again(&database, &tenant, &sheet).await;
        assert_eq!((folded.version, folded.layout), (now.version, now.layout + 1));
        assert!(one.open_state(&folded).is_none(), "what is in memory is of another layout");
        write!(one, database, &sheet, roll_back(1));
        let after = again(&database, &tenant, &sheet).await;
        let fresh = Sheets::with_limits(1 << 20, SMALL);
        for sheets in [&one, &other, &fresh] {
            assert_eq!(all(sheets, &database, &after).await.len(), 1);
        }
    }
}

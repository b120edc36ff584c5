//! Passwords: chosen anew by who forgot theirs, by a link, and changed by who knows theirs.
//!
//! A link holds a token that can be used once, for an hour; what is stored is its hash. A new password ends every
//! session of its person, and with them the tokens that `POST /v1/auth` gave; personal tokens stay.

use std::net::IpAddr;
use std::time::Instant;

use super::access_tokens::own_user;
use super::authentication::NewSession;
use super::mail::{Mail, SENT_AGAIN_AFTER};
use super::secrets::{hash_password, hash_token, new_token, password_fits};
use super::users::managed;
use super::{ErrorKind, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{Id, UserId};
use crate::domain::tenant::User;
use crate::store::one_time_links::{self, Holder};
use crate::store::{Tx, accounts, mails, now, sessions, user_invitations};

/// With what the token of a link begins.
const PREFIX: &str = "pw_";
/// How long a link can be used.
const LIFE: i64 = 3600 * 1000;
/// Fewest characters of a password.
pub const FEWEST: usize = 10;
/// Most.
const MOST: usize = 1_000;

impl Service {
    /// Mails a person of that address a link by which they choose a password, unless the last one is only some minutes
    /// old. Where there is nobody nothing happens, and nobody who asks is told of it.
    pub(super) async fn mail_password_link(&self, email: &str) -> Result<()> {
        if self.settings.mail.is_none() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        let Some((user, _)) = accounts::user_by_email(&mut tx, email).await? else { return Ok(()) };
        let made = one_time_links::made_at(&mut tx, &holder(&user.id)).await?;
        if made.is_some_and(|made| now().since(made) < SENT_AGAIN_AFTER) {
            return Ok(());
        }
        self.send_password_link(&mut tx, &user).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes a link by which a person chooses a password: for the admin to hand on; nothing where a mail brings it.
    ///
    /// # Errors
    /// When they have not come yet or have no role, or the actor may not manage people.
    pub async fn password_link(&self, actor: &Actor, id: &UserId) -> Result<Option<String>> {
        let mut tx = self.db.write().await?;
        managed(&mut tx, actor, id).await?;
        if user_invitations::made_at(&mut tx, id).await?.is_some() {
            let message = "this person was invited and chooses a password by that link; invite them again";
            return Err(ServiceError::conflict(message));
        }
        let user = accounts::user(&mut tx, id).await?.ok_or_else(|| {
            ServiceError::conflict(
                "this person has no role, so a password opens nothing; give them one first",
            )
        })?;
        let link = match self.settings.mail {
            Some(_) => self.send_password_link(&mut tx, &user).await.map(|()| None)?,
            None => Some(self.new_password_link(&mut tx, &user.id).await?),
        };
        tx.commit().await?;
        Ok(link)
    }

    /// The same for who runs the server: of the person with that address, or the first administrator; who it is, and
    /// the link.
    ///
    /// # Errors
    /// When there is nobody.
    pub async fn rescue_link(&self, email: Option<&str>) -> Result<(User, String)> {
        let mut tx = self.db.write().await?;
        let found = match email {
            Some(email) => accounts::user_by_email(&mut tx, email).await?.map(|(user, _)| user),
            None => accounts::first_admin(&mut tx).await?,
        };
        let user = found.ok_or_else(|| {
            let who =
                email.map_or("administrator".to_string(), |email| format!("person {email} with a role"));
            ServiceError::new(ErrorKind::NotFound, format!("there is no {who} here"))
        })?;
        let link = self.new_password_link(&mut tx, &user.id).await?;
        tx.commit().await?;
        Ok((user, link))
    }

    /// Uses a link: its person has that password from now on, and is signed in here alone.
    ///
    /// # Errors
    /// When the link was used or is too old, or the password does not fit.
    pub async fn choose_password(&self, token: &str, password: &str) -> Result<NewSession> {
        check(password)?;
        let hash = hash_token(token);
        // A password is hashed for those alone who have a link: it takes time and memory.
        let mut tx = self.db.read().await?;
        one_time_links::holder(&mut tx, &hash, now()).await?.filter(is_of_person).ok_or_else(used_up)?;
        drop(tx);
        let hashed = self.hashed(password).await?;
        let mut tx = self.db.write().await?;
        let held = one_time_links::holder(&mut tx, &hash, now()).await?.filter(is_of_person);
        let id = UserId::parse(&held.ok_or_else(used_up)?.subject)?;
        let user = accounts::user(&mut tx, &id).await?.ok_or_else(used_up)?;
        user_invitations::delete(&mut tx, &id).await?;
        let session = self.set_password(&mut tx, user, &hashed).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Gives the person who asks another password; they are signed in here alone.
    ///
    /// # Errors
    /// When the password of now is not right or was tried too often, the new one does not fit, or the actor is no person.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: &str,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<NewSession> {
        allow(actor, Operation::OwnTokens)?;
        check(password)?;
        let (user, kept) = self.own_password(actor).await?;
        // Who never had one is signed in without: on the server's own machine.
        if let Some(kept) = kept {
            let tried = self.tries.begin(&user.email, from, Instant::now())?;
            let fits = self.hashing(current, move |current| password_fits(&current, Some(&kept))).await?;
            if !fits {
                let message = "current: this is not your password of now";
                return Err(ServiceError::bad_request(message));
            }
            self.tries.succeeded(tried, Instant::now());
        }
        let hashed = self.hashed(password).await?;
        let mut tx = self.db.write().await?;
        let session = self.set_password(&mut tx, user, &hashed).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Whether the person who asks has a password.
    ///
    /// # Errors
    /// When the actor is no person.
    pub async fn has_password(&self, actor: &Actor) -> Result<bool> {
        allow(actor, Operation::OwnTokens)?;
        Ok(self.own_password(actor).await?.1.is_some())
    }

    /// The person who asks, and what is kept of their password.
    async fn own_password(&self, actor: &Actor) -> Result<(User, Option<String>)> {
        let mut tx = self.db.read().await?;
        let id = own_user(&mut tx, actor).await?;
        let user = accounts::user(&mut tx, &id).await?.ok_or_else(|| ServiceError::not_found("user", &id))?;
        let kept = accounts::user_by_email(&mut tx, &user.email).await?.and_then(|(_, hash)| hash);
        Ok((user, kept))
    }

    /// What is kept of a password that [`check`] let through.
    pub(super) async fn hashed(&self, password: &str) -> Result<String> {
        self.hashing(password, |password| hash_password(&password)).await?
    }

    /// Keeps a password that its person chose, ends what let them in before, and signs them in.
    async fn set_password(&self, tx: &mut Tx, user: User, hashed: &str) -> Result<NewSession> {
        accounts::set_password(tx, &user.id, hashed, true).await?;
        sessions::delete_sessions_of(tx, &user.id).await?;
        one_time_links::end(tx, &holder(&user.id)).await?;
        mails::delete_about(tx, &about(&user.id)).await?;
        self.add_session(tx, user, None, now()).await
    }

    async fn new_password_link(&self, tx: &mut Tx, user: &UserId) -> Result<String> {
        let (token, moment) = (new_token(PREFIX), now());
        one_time_links::put(tx, &hash_token(&token), &holder(user), moment, moment.plus(LIFE)).await?;
        Ok(format!("{}/password#{token}", self.settings.public_url))
    }

    async fn send_password_link(&self, tx: &mut Tx, user: &User) -> Result<()> {
        let link = self.new_password_link(tx, &user.id).await?;
        let text = format!(
            "Hello {},\n\nby this link you choose a new password for Inlet:\n\n{link}\n\nIt can be used once, within an hour. If \
             you did not ask for it, there is nothing to do: your password stays as it is.\n",
            user.name
        );
        let subject = "A new password for Inlet".to_string();
        let mail = Mail { to: user.email.clone(), name: user.name.clone(), subject, text, html: None };
        self.queue_mail(tx, &about(&user.id), &mail).await
    }
}

/// Refuses what is no password.
pub(super) fn check(password: &str) -> Result<()> {
    if (FEWEST..=MOST).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(ServiceError::bad_request(format!("password: choose one of {FEWEST} characters or more")))
}

fn holder(user: &UserId) -> Holder {
    Holder { subject: user.to_string(), place: String::new() }
}

fn is_of_person(holder: &Holder) -> bool {
    holder.place.is_empty()
}

/// What the mails with a person's links are about; other mails about them stay.
fn about(user: &UserId) -> String {
    format!("{user} password")
}

fn used_up() -> ServiceError {
    let message = "this link was used already, or is older than an hour; ask for another";
    ServiceError::new(ErrorKind::NotFound, message)
}

//! Invitations: somebody is made a user, gets a link by mail and chooses a password (section 2.2 of the contract).
//!
//! The link holds a token that can be used once, for a week; what is stored is its hash. It stands behind the `#` of
//! the address, so that no server and no proxy writes it into a log.

use std::net::IpAddr;
use std::sync::Arc;

use super::authentication::NewSession;
use super::mail::{Mail, MailWanted, SENT_AGAIN_AFTER};
use super::passwords::check;
use super::roles::{Assignment, assigned};
use super::secrets::{hash_token, new_token};
use super::users::{managed, named};
use super::{ErrorKind, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::email;
use crate::domain::ids::{Id, SpaceId, UserId};
use crate::domain::tenant::{ActorRole, Profile, User};
use crate::store::{Tx, accounts, new_id, now, roles, user_invitations, users};

/// How long an invitation can be used.
const LIFE: i64 = 7 * 24 * 3600 * 1000;

/// Somebody who is invited.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// How they will sign in.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// What they may do; one.
    pub roles: Vec<Assignment>,
}

/// An invitation that was made.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The person.
    pub profile: Profile,
    /// What they may do.
    pub role: Option<ActorRole>,
    /// The link, for the admin to hand on; nothing where a mail brings it.
    pub link: Option<String>,
}

/// What a token of an invitation is exchanged for.
#[derive(Debug, Clone)]
pub enum Exchanged {
    /// It was good: an access token.
    Token(String),
    /// It was not. Somebody of this address who is invited gets another by mail.
    SentTo(String),
    /// It was not.
    Nothing,
}

impl Service {
    /// Makes a user and invites them.
    ///
    /// # Errors
    /// When the address is taken or none, when there is not one role, or the actor may not.
    pub async fn invite_user(&self, actor: &Actor, new: NewUser) -> Result<Invited> {
        allow(actor, Operation::ManageUsers)?;
        let email = email::parse(&new.email)?;
        let name = named(&new.name)?;
        let [assignment] = new.roles.as_slice() else {
            let message =
                "actorRoles: give one role; a person has it in the account, or in one environment or space";
            return Err(ServiceError::bad_request(message));
        };
        let mut tx = self.db.write().await?;
        let moment = now();
        let profile = match users::by_email(&mut tx, &email).await? {
            Some(before) if before.deleted_at.is_none() || before.account_id != actor.scope.account_id => {
                return Err(ServiceError::conflict(format!(
                    "email: somebody with the address {email} is here already"
                )));
            }
            // Whoever comes back is who they were, without what they had.
            Some(before) => {
                let profile =
                    Profile { name, deleted_at: None, updated_at: moment, dashboard: None, ..before };
                users::update(&mut tx, &profile).await?;
                profile
            }
            None => {
                let profile = Profile {
                    id: new_id(),
                    account_id: actor.scope.account_id.clone(),
                    email,
                    name,
                    dashboard: None,
                    created_at: moment,
                    updated_at: moment,
                    last_seen_at: None,
                    deleted_at: None,
                };
                users::insert(&mut tx, &profile).await?;
                profile
            }
        };
        let role = assigned(&mut tx, actor, &profile.id, assignment).await?;
        roles::insert(&mut tx, &role).await?;
        let link = self.write_invitation(&mut tx, &profile).await?;
        tx.commit().await?;
        Ok(Invited { profile, role: Some(role), link })
    }

    /// Invites a user once more, who has no password yet. The link before is good no more.
    ///
    /// # Errors
    /// When they came already, or the actor may not.
    pub async fn resend_invitation(&self, actor: &Actor, id: &UserId) -> Result<Invited> {
        let mut tx = self.db.write().await?;
        let profile = managed(&mut tx, actor, id).await?;
        if user_invitations::made_at(&mut tx, id).await?.is_none() {
            return Err(ServiceError::conflict("this person has a password already and needs no invitation"));
        }
        let role = roles::of_actor(&mut tx, id.as_str()).await?;
        let link = self.write_invitation(&mut tx, &profile).await?;
        tx.commit().await?;
        Ok(Invited { profile, role, link })
    }

    /// Whether the token of an invitation can be used.
    pub async fn is_invitation(&self, token: &str) -> Result<bool> {
        let mut tx = self.db.read().await?;
        Ok(user_invitations::by_hash(&mut tx, &hash_token(token), now()).await?.is_some())
    }

    /// Uses an invitation: the person has a name and a password from now on, and is signed in.
    ///
    /// # Errors
    /// When it was used or is too old, or the name or the password does not fit.
    pub async fn accept_invitation(&self, token: &str, name: &str, password: &str) -> Result<NewSession> {
        let name = named(name)?;
        check(password)?;
        // A password is hashed for those alone who are invited: it takes time and memory.
        if !self.is_invitation(token).await? {
            return Err(used_up());
        }
        let hashed = self.hashed(password).await?;
        let mut tx = self.db.write().await?;
        let found = user_invitations::by_hash(&mut tx, &hash_token(token), now()).await?;
        let id = found.ok_or_else(used_up)?;
        let user = accounts::user(&mut tx, &id).await?.ok_or_else(used_up)?;
        let profile = users::find(&mut tx, &user.account_id, &id).await?.ok_or_else(used_up)?;
        users::update(&mut tx, &Profile { name: name.clone(), updated_at: now(), ..profile }).await?;
        accounts::set_password(&mut tx, &id, &hashed, true).await?;
        user_invitations::delete(&mut tx, &id).await?;
        let session = self.add_session(&mut tx, User { name, ..user }, None, now()).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Exchanges the token of an invitation for an access token; the person has no password by it. Where it is not
    /// good and an address is said, whoever is invited by it gets another mail, and nobody learns whether there is one.
    /// The token may be that of a guest's link, who gets another where the space is said, too.
    ///
    /// # Errors
    /// When mails were asked for too often.
    pub async fn exchange_invitation(
        self: &Arc<Self>,
        token: &str,
        email: Option<&str>,
        space: Option<&str>,
        from: Option<IpAddr>,
    ) -> Result<Exchanged> {
        if let Some(token) = self.exchange_link(token).await? {
            return Ok(Exchanged::Token(token));
        }
        if let Some(session) = self.use_up_invitation(token).await? {
            return Ok(Exchanged::Token(session.token));
        }
        let (Some(email), Some(_)) = (email, &self.settings.mail) else { return Ok(Exchanged::Nothing) };
        let space = space.and_then(|space| SpaceId::parse(space).ok());
        self.send_link_later(email, from, MailWanted::Invitation(space))?;
        Ok(Exchanged::SentTo(email.to_string()))
    }

    /// Signs in whoever holds the token of an invitation, which can be used no more; nobody when it is not good.
    async fn use_up_invitation(&self, token: &str) -> Result<Option<NewSession>> {
        if !self.is_invitation(token).await? {
            return Ok(None);
        }
        let mut tx = self.db.write().await?;
        let Some(id) = user_invitations::by_hash(&mut tx, &hash_token(token), now()).await? else {
            return Ok(None);
        };
        let Some(user) = accounts::user(&mut tx, &id).await? else { return Ok(None) };
        user_invitations::use_up(&mut tx, &id).await?;
        let session = self.add_session(&mut tx, user, None, now()).await?;
        tx.commit().await?;
        Ok(Some(session))
    }

    /// Mails whoever is invited by that address another link, unless the last one is only some minutes old.
    pub(super) async fn mail_invitation_again(&self, email: &str) -> Result<()> {
        let mut tx = self.db.write().await?;
        let found = users::by_email(&mut tx, email).await?.filter(|found| found.deleted_at.is_none());
        let Some(profile) = found else { return Ok(()) };
        let made = user_invitations::made_at(&mut tx, &profile.id).await?;
        if made.is_some_and(|made| now().since(made) >= SENT_AGAIN_AFTER) {
            self.write_invitation(&mut tx, &profile).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Makes an invitation in the place of the one before, and its mail; the link, where there are no mails.
    async fn write_invitation(&self, tx: &mut Tx, profile: &Profile) -> Result<Option<String>> {
        let (token, moment) = (new_token("in_"), now());
        user_invitations::put(tx, &profile.id, &hash_token(&token), moment, moment.plus(LIFE)).await?;
        let link = format!("{}/invitation#{token}", self.settings.public_url);
        if self.settings.mail.is_none() {
            tracing::info!(user = %profile.id, "somebody was invited; no mail server is set up (INLET_SMTP_URL), \
                so the link is in the answer to the admin");
            return Ok(Some(link));
        }
        let text = format!(
            "Hello {},\n\nyou are invited to Inlet. Open this link and choose a password:\n\n{link}\n\n\
             It can be used once, within seven days. If you expected no invitation, there is nothing to do.\n",
            profile.name
        );
        let mail = Mail {
            to: profile.email.clone(),
            name: profile.name.clone(),
            subject: "Your invitation to Inlet".to_string(),
            text,
            html: None,
        };
        self.queue_mail(tx, profile.id.as_str(), &mail).await?;
        Ok(None)
    }
}

fn used_up() -> ServiceError {
    let message = "this invitation was used already, or is older than a week; ask for another";
    ServiceError::new(ErrorKind::NotFound, message)
}

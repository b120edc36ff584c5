//! Named secrets: where they hold, and which of several of one name counts (section 2.14 of the wire contract).

use super::ids::{AccountId, AgentId, EnvironmentId, GuestId, Id, SecretId, SpaceId, UserId};
use super::parse::ParseError;

/// Most characters of a name or value.
const LONGEST: usize = 1024;

/// A secret as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its id.
    pub id: SecretId,
    /// Whose it is.
    pub account_id: AccountId,
    /// In which environment it holds.
    pub environment_id: EnvironmentId,
    /// The one space where it holds; in all when absent.
    pub space_id: Option<SpaceId>,
    /// The one actor for whom it holds; for all when absent.
    pub actor_id: Option<String>,
    /// By which it is asked for.
    pub name: String,
    /// Its value, for nobody to read.
    pub sealed: Vec<u8>,
}

impl Secret {
    /// What its value is sealed for: it opens nowhere else.
    pub fn purpose(&self) -> String {
        let space = self.space_id.as_ref().map_or("", Id::as_str);
        let actor = self.actor_id.as_deref().unwrap_or_default();
        format!("secret of {}/{}/{space}/{actor}: {}", self.account_id, self.environment_id, self.name)
    }

    /// How closely it says for whom it holds: a space comes before the environment, an actor before both.
    fn closeness(&self) -> (bool, bool) {
        (self.actor_id.is_some(), self.space_id.is_some())
    }
}

/// One secret of each name, the one that says most closely for whom it holds; by name.
pub fn closest(mut secrets: Vec<Secret>) -> Vec<Secret> {
    secrets.sort_by(|one, other| {
        one.name.cmp(&other.name).then_with(|| other.closeness().cmp(&one.closeness()))
    });
    secrets.dedup_by(|later, first| later.name == first.name);
    secrets
}

/// Refuses a secret that cannot be kept.
pub fn check(name: &str, value: &str, actor: Option<&str>) -> Result<(), ParseError> {
    for (key, text) in [("name", name), ("value", value)] {
        if !(1..=LONGEST).contains(&text.chars().count()) {
            return Err(ParseError::at(key, format!("write 1 to {LONGEST} characters")));
        }
    }
    if name.chars().any(char::is_control) {
        return Err(ParseError::at("name", "a name has no line breaks or other control characters"));
    }
    match actor {
        Some(id)
            if UserId::parse(id).is_err() && AgentId::parse(id).is_err() && GuestId::parse(id).is_err() =>
        {
            Err(ParseError::at(
                "actorId",
                "name a user, an agent or a guest: `us_usr_…`, `us_ag_…`, `us_g_…`",
            ))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &str, space: bool, actor: bool) -> Secret {
        Secret {
            id: SecretId::parse("us_sec_00000000").unwrap(),
            account_id: AccountId::parse("us_acc_00000000").unwrap(),
            environment_id: EnvironmentId::parse("us_env_00000000").unwrap(),
            space_id: space.then(|| SpaceId::parse("us_sp_00000000").unwrap()),
            actor_id: actor.then(|| "us_usr_00000000".to_string()),
            name: name.to_string(),
            sealed: Vec::new(),
        }
    }

    #[test]
    fn the_closest_of_each_name_counts() {
        let all = [(false, false), (true, false), (false, true), (true, true)];
        for (place, (space, actor)) in all.into_iter().enumerate() {
            let mut kept: Vec<Secret> =
                all[..=place].iter().map(|(space, actor)| secret("KEY", *space, *actor)).collect();
            kept.push(secret("A", false, false));
            assert_eq!(closest(kept), [secret("A", false, false), secret("KEY", space, actor)]);
        }
    }

    #[test]
    fn no_two_places_have_one_purpose() {
        let all = [(false, false), (true, false), (false, true), (true, true)];
        let purposes = all.map(|(space, actor)| secret("KEY", space, actor).purpose());
        let different: std::collections::HashSet<_> = purposes.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        let long = "x".repeat(1025);
        for (name, value, actor, place) in [
            ("", "v", None, "name"),
            (&long, "v", None, "name"),
            ("A\0", "v", None, "name"),
            ("A", "", None, "value"),
            ("A", &long, None, "value"),
            ("A", "v", Some("us_sp_00000000"), "actorId"),
        ] {
            assert_eq!(check(name, value, actor).unwrap_err().path, place);
        }
        assert!(check("A", &"ä".repeat(1024), Some("us_ag_00000000")).is_ok());
    }
}

//! Ids: `us_<kind>_<22 base62 characters>`, opaque to clients, one Rust type a kind.
//!
//! The SDK's subscription driver tells an environment from a space by looking for the letters `env`
//! in the id, so random parts that contain them in any case are drawn again.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The random part of an id: enough for 128 bits.
pub(super) const RANDOM_LENGTH: usize = 22;
/// As many base62 digits as 64 bits hold in any case, and the first number that needs one more.
const DIGITS_OF_64_BITS: usize = 10;
const BEYOND_64_BITS: u128 = 62u128.pow(10);
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}: {}", how(.text, .prefix))]
pub struct IdError {
    text: String,
    expected: &'static str,
    prefix: &'static str,
}

fn how(text: &str, prefix: &str) -> String {
    match text.starts_with(prefix) {
        true => format!("8 to 64 letters and digits come after `{prefix}`"),
        false => format!("these ids begin with `{prefix}`"),
    }
}

/// What all ids have in common.
pub trait Id: Sized + fmt::Display {
    /// The kind and everything before the random part, such as `us_sp_`.
    const PREFIX: &'static str;
    /// The words for one such id in a message, such as `a space id`.
    const NAME: &'static str;

    /// Takes a text that came from a client.
    fn parse(text: &str) -> Result<Self, IdError>;

    /// The id as clients see it.
    fn as_str(&self) -> &str;

    /// Makes an id of 128 random bits, or nothing when the letters `env` came out by chance.
    fn from_random(random: u128) -> Option<Self>;
}

/// Writes `value` as exactly `length` base62 digits, the most significant first.
pub fn base62(mut value: u128, length: usize) -> String {
    let mut digits = vec![b'0'; length];
    // Divisions of 64 bits take a fraction of the time of those of 128.
    for digits in digits.rchunks_mut(DIGITS_OF_64_BITS) {
        let mut low = (value % BEYOND_64_BITS) as u64;
        value /= BEYOND_64_BITS;
        for digit in digits.iter_mut().rev() {
            *digit = BASE62[(low % 62) as usize];
            low /= 62;
        }
    }
    digits.into_iter().map(char::from).collect()
}

/// Fills `digits` with the base62 digits of `value`, the most significant first.
pub fn put_base62(digits: &mut [u8], mut value: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(value % 62) as usize];
        value /= 62;
    }
}

/// Reads base62 digits; nothing for another character or more than 128 bits.
pub fn from_base62(text: &str) -> Option<u128> {
    text.bytes().try_fold(0u128, |value, byte| {
        let digit = BASE62.iter().position(|candidate| *candidate == byte)?;
        value.checked_mul(62)?.checked_add(digit as u128)
    })
}

fn check(text: &str, prefix: &'static str, expected: &'static str) -> Result<String, IdError> {
    let rest = text.strip_prefix(prefix).unwrap_or("");
    let well_formed = (8..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if well_formed {
        return Ok(text.to_string());
    }
    let text = text.chars().take(80).collect();
    Err(IdError { text, expected, prefix })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $words:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            const NAME: &'static str = $words;

            fn parse(text: &str) -> Result<Self, IdError> {
                check(text, $prefix, $words).map(Self)
            }

            fn as_str(&self) -> &str {
                &self.0
            }

            fn from_random(random: u128) -> Option<Self> {
                let tail = base62(random, RANDOM_LENGTH);
                (!tail.to_ascii_lowercase().contains("env")).then(|| Self(format!("{}{tail}", $prefix)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    )*};
}

ids! {
    /// The organisation that owns everything.
    AccountId, "us_acc_", "an account id";
    /// A separate world of spaces, keys and listeners: development, production.
    EnvironmentId, "us_env_", "an environment id";
    /// A person who signs in.
    UserId, "us_usr_", "a user id";
    /// An API key, as the actor of what it did.
    KeyId, "us_key_", "a key id";
    /// A listener that runs inside or beside the server.
    AgentId, "us_ag_", "an agent id";
    /// A person who was invited to a space.
    GuestId, "us_g_", "a guest id";
    /// One import project: workbooks, files, documents, jobs.
    SpaceId, "us_sp_", "a space id";
    /// Several sheets that belong together.
    WorkbookId, "us_wb_", "a workbook id";
    /// A table of records.
    SheetId, "us_sh_", "a sheet id";
    /// One row of a sheet. Derived from its number, see [`super::record`].
    RecordId, "us_rc_", "a record id";
    /// One write to a sheet; the version it made has the same id.
    CommitId, "us_vr_", "a commit id";
    /// What a person undoes: one or several commits.
    ChangeId, "us_ch_", "a change id";
    /// An uploaded or generated file.
    FileId, "us_fl_", "a file id";
    /// A markdown page of a space.
    DocumentId, "us_dc_", "a document id";
    /// One run of an action or of the server's own work.
    JobId, "us_jb_", "a job id";
    /// One entry of the event log.
    EventId, "us_evt_", "an event id";
    /// A button or menu item.
    ActionId, "us_act_", "an action id";
    /// One stored bundle of an agent.
    AgentVersionId, "us_agv_", "an agent version id";
    /// One run of an agent on one event.
    AgentLogId, "us_lg_", "an agent log id";
    /// The code of an agent, to take away.
    AgentExportId, "us_age_", "an agent export id";
    /// A named secret of an environment, a space or an actor.
    SecretId, "us_sec_", "a secret id";
    /// A personal access token, as the actor of what it did.
    AccessTokenId, "us_pat_", "a personal access token id";
    /// A role that can be given to actors.
    RoleId, "us_rol_", "a role id";
    /// A role that was given to an actor.
    ActorRoleId, "us_acr_", "an assigned role id";
    /// A group of spaces of one purpose.
    AppId, "us_app_", "an app id";
    /// A validation that is stored with an app.
    ConstraintId, "us_cn_", "a constraint id";
    /// A stored way to map one set of columns to another.
    ProgramId, "us_mp_", "a mapping program id";
    /// One rule of a mapping program.
    MappingRuleId, "us_mr_", "a mapping rule id";
    /// Mapping programs that belong together.
    FamilyId, "us_mf_", "a mapping family id";
    /// How long an environment keeps its data.
    RetentionPolicyId, "us_drp_", "a data retention policy id";
    /// A version of a sheet that is kept.
    SnapshotId, "us_ss_", "a snapshot id";
    /// A saved query of a sheet.
    ViewId, "us_vi_", "a view id";
    /// An address that is told of events.
    WebhookId, "us_wh_", "a webhook id";
    /// One event on its way to one such address.
    DeliveryId, "us_wd_", "a delivery id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_prefix_and_22_characters() {
        let id = SpaceId::from_random(7).map(|id| id.to_string());
        assert_eq!(id.as_deref(), Some("us_sp_0000000000000000000007"));
    }

    #[test]
    fn base62_is_read_back() {
        for value in [0, 1, 61, 62, u64::MAX as u128, u128::MAX] {
            assert_eq!(from_base62(&base62(value, RANDOM_LENGTH)), Some(value));
        }
        assert_eq!(from_base62("-"), None);
    }

    #[test]
    fn the_letters_env_never_come_out() {
        let unlucky = from_base62("00000000000000000EnV00").unwrap();
        assert_eq!(SpaceId::from_random(unlucky), None);
    }

    #[test]
    fn a_foreign_kind_is_refused_by_name() {
        let error = SpaceId::parse("us_wb_0123456789").unwrap_err().to_string();
        assert_eq!(error, "`us_wb_0123456789` is not a space id: these ids begin with `us_sp_`");
        let error = SpaceId::parse("us_sp_01234567'; drop").unwrap_err().to_string();
        assert!(error.ends_with("8 to 64 letters and digits come after `us_sp_`"), "{error}");
    }
}

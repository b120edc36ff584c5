//! The space and the workbook around something, as its events name them.

use serde_json::{Map, Value};

use super::blueprint::slug_of;
use super::ids::AppId;

/// The space and the workbook around something; neither for what belongs to an environment alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    space: Option<Named>,
    workbook: Option<Named>,
    app: Option<AppId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    name: String,
    namespaces: Vec<String>,
}

impl Whereabouts {
    /// Within a space of these namespaces.
    pub fn in_space(name: &str, namespaces: &[impl AsRef<str>]) -> Self {
        Self { space: Some(Named::new(name, namespaces)), workbook: None, app: None }
    }

    /// The same, where the space belongs to an app.
    #[must_use]
    pub fn of_app(self, app: Option<AppId>) -> Self {
        Self { app, ..self }
    }

    /// The same, and within a workbook of that space.
    #[must_use]
    pub fn in_workbook(self, name: &str, namespace: Option<&str>) -> Self {
        Self { workbook: Some(Named::new(name, namespace.as_slice())), ..self }
    }

    /// `space:<namespace>` and `workbook:<namespace>`, by which listeners choose events.
    pub fn namespaces(&self) -> Vec<String> {
        self.parts()
            .flat_map(|(kind, named)| named.namespaces.iter().map(move |name| format!("{kind}:{name}")))
            .collect()
    }

    /// `slugs` of an event's context: names in lower case with dashes, as mounts of actions read them.
    pub fn slugs(&self) -> Map<String, Value> {
        self.parts().map(|(kind, named)| (kind.to_string(), slug_of(&named.name).into())).collect()
    }

    /// What the context of an event tells of it: `slugs`, and `appId` where there is an app.
    pub fn context(&self) -> Map<String, Value> {
        let slugs = [("slugs".to_string(), Value::from(self.slugs()))];
        let app = self.app.as_ref().map(|app| ("appId".to_string(), Value::from(app.to_string())));
        slugs.into_iter().chain(app).collect()
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, &Named)> {
        [("space", &self.space), ("workbook", &self.workbook)]
            .into_iter()
            .filter_map(|(kind, named)| Some((kind, named.as_ref()?)))
    }
}

impl Named {
    fn new(name: &str, namespaces: &[impl AsRef<str>]) -> Self {
        let namespaces = namespaces.iter().map(AsRef::as_ref).filter(|namespace| !namespace.is_empty());
        Self { name: name.to_string(), namespaces: namespaces.map(str::to_string).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_has_no_namespace_has_a_slug_all_the_same() {
        let around = Whereabouts::in_space("My Space", &["red", "green"]).in_workbook("All Contacts", None);
        assert_eq!(around.namespaces(), ["space:red", "space:green"]);
        assert_eq!(Value::from(around.slugs()), json!({ "space": "my-space", "workbook": "all-contacts" }));
        let around = Whereabouts::in_space("A", &[""]).in_workbook("B", Some("blue"));
        assert_eq!(around.namespaces(), ["workbook:blue"]);
        assert_eq!(Value::from(around.context()), json!({ "slugs": { "space": "a", "workbook": "b" } }));
        let app: AppId = crate::domain::ids::Id::parse("us_app_00000000").unwrap();
        let context = Whereabouts::default().of_app(Some(app)).context();
        assert_eq!(Value::from(context), json!({ "slugs": {}, "appId": "us_app_00000000" }));
    }
}

//! The pages, one file each.

mod developers;
mod document;
mod failure;
mod files;
mod home;
mod jobs;
mod new_space;
mod not_found;
mod sheet;
mod sign_in;
mod space_start;
mod webhooks;

pub use developers::DevelopersPage;
pub use document::DocumentPage;
pub use failure::Failure;
pub use files::FilesPage;
pub use home::Home;
pub use jobs::JobsPage;
pub use new_space::new_space_form;
pub use not_found::NotFound;
pub use sheet::SheetPage;
pub use sign_in::SignIn;
pub use space_start::SpaceStart;
pub use webhooks::WebhooksPage;

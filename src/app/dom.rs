//! The few things the page does to the document by hand. The browser half only.

use leptos::prelude::{document, window};
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// Where an element is in the window: left, top, width, height.
pub fn place(element: &Element) -> (f64, f64, f64, f64) {
    let rectangle = element.get_bounding_client_rect();
    (rectangle.x(), rectangle.y(), rectangle.width(), rectangle.height())
}

/// Sets the whole inline style, by CSSOM: the content policy refuses `style` attributes.
pub fn set_style(element: &Element, text: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.style().set_css_text(text);
    }
}

/// Sets the inline style to these lengths and nothing else.
pub fn set_lengths(element: &Element, lengths: &[(&str, f64)]) {
    let mut style = String::new();
    for (property, length) in lengths {
        style += property;
        style.push(':');
        style += &pixels(*length);
        style.push(';');
    }
    set_style(element, &style);
}

/// A text in small letters, by the browser's own tables.
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// A length for a style, to the hundredth of a pixel. The code that writes any number as it is would be
/// larger than all of the grid's geometry.
pub fn pixels(length: f64) -> String {
    let hundredths = (length * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.abs();
    format!("{sign}{}.{:02}px", hundredths / 100, hundredths % 100)
}

/// Moves the focus without scrolling anything.
pub fn focus_still(element: &Element) {
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &JsValue::TRUE);
    call(element, "focus", &[options.into()]);
}

/// Calls a method that the bindings do not have in every browser. Nothing happens where it is missing.
pub fn call(target: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function = js_sys::Reflect::get(target, &method.into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let list: js_sys::Array = arguments.iter().collect();
    function.apply(target, &list).ok()
}

/// The element of that id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// What has the focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// A new element with classes.
pub fn make(tag: &str, classes: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    element.set_class_name(classes);
    Some(element)
}

/// Milliseconds since 1970, as this computer has it.
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// How far the clock of the person is behind UTC, in minutes; negative when it is ahead.
#[cfg(feature = "hydrate")]
pub fn minutes_behind_utc() -> i64 {
    js_sys::Date::new_0().get_timezone_offset() as i64
}

/// Milliseconds since 1970 of a moment as the API writes it.
#[cfg(feature = "hydrate")]
pub fn moment(text: &str) -> Option<i64> {
    let moment = js_sys::Date::parse(text);
    moment.is_finite().then_some(moment as i64)
}

/// The day, as this computer has it: `2026-01-31`.
pub fn today() -> String {
    let day = js_sys::Date::new_0();
    let [month, date] = [day.get_month() + 1, day.get_date()]
        .map(|number| if number < 10 { format!("0{number}") } else { number.to_string() });
    [&day.get_full_year().to_string(), "-", &month, "-", &date].concat()
}

/// How many pixels of the screen one of the page covers, at least one.
pub fn device_ratio() -> f64 {
    window().device_pixel_ratio().max(1.0)
}

/// Sets one cookie.
pub fn set_cookie(cookie: &str) {
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

/// What this browser remembers under a name; nothing where it may not remember anything.
pub fn remembered(name: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(name).ok().flatten()
}

/// Remembers a text under a name, in this browser.
pub fn remember(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, text);
    }
}

/// The text of a file; nothing when it cannot be read.
pub async fn text_of(file: &web_sys::File) -> Option<String> {
    let promise = call(file, "text", &[])?.dyn_into::<js_sys::Promise>().ok()?;
    wasm_bindgen_futures::JsFuture::from(promise).await.ok()?.as_string()
}

/// The value of a custom property of the page's style.
pub fn style_value(name: &str) -> String {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default().trim().to_string()
}

/// Starts a download of an address of this server.
pub fn download(address: &str) {
    let Some(link) = make("a", "").and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else {
        return;
    };
    link.set_href(address);
    link.set_download("");
    link.click();
}

/// A JSON value, read by the browser's own reader, which is smaller than one of ours.
pub struct Json(JsValue);

impl Json {
    /// Reads a text; nothing when it is not JSON.
    pub fn read(text: &str) -> Option<Self> {
        js_sys::JSON::parse(text).ok().map(Self)
    }

    /// A member of an object or list; one that is not there has neither text nor number.
    pub fn at(&self, key: impl Into<JsValue>) -> Self {
        Self(js_sys::Reflect::get(&self.0, &key.into()).unwrap_or(JsValue::UNDEFINED))
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    /// The value as JSON writes it.
    pub fn written(&self) -> String {
        js_sys::JSON::stringify(&self.0).map(String::from).unwrap_or_default()
    }

    /// Whether it is true, or anything but empty.
    pub fn flag(&self) -> bool {
        self.0.is_truthy()
    }

    /// The number, when it is one.
    pub fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }
}

/// The host's words for names of a blueprint, for what is painted; `public/language.js` takes care of what is written.
pub struct Words(Option<js_sys::Function>);

impl Words {
    /// Those of this page; most pages have none.
    pub fn of_page() -> Self {
        Self(
            js_sys::Reflect::get(&window(), &"inletLabel".into())
                .ok()
                .and_then(|found| found.dyn_into().ok()),
        )
    }

    /// The name in them, or as it is.
    pub fn say<'a>(&self, name: &'a str) -> std::borrow::Cow<'a, str> {
        let said = self.0.as_ref().and_then(|say| say.call1(&JsValue::NULL, &name.into()).ok()?.as_string());
        said.map_or_else(|| name.into(), Into::into)
    }
}

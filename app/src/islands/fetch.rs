//! Fetching: the few requests the checks need, each with a plain reason when it fails.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Window};

/// What came instead of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// No answer at all.
    Offline,
    /// Another status than 200.
    Status(u16),
    Unreadable,
}

pub fn window() -> Option<Window> {
    web_sys::window()
}

async fn get(address: &str) -> Result<Response, Failed> {
    let window = window().ok_or(Failed::Unreadable)?;
    let response = JsFuture::from(window.fetch_with_str(address)).await.map_err(|_| Failed::Offline)?;
    let response: Response = response.dyn_into().map_err(|_| Failed::Unreadable)?;
    if response.status() == 200 { Ok(response) } else { Err(Failed::Status(response.status())) }
}

async fn resolved(promise: Result<Promise, JsValue>) -> Result<JsValue, Failed> {
    let promise = promise.map_err(|_| Failed::Unreadable)?;
    JsFuture::from(promise).await.map_err(|_| Failed::Offline)
}

pub async fn text(address: &str) -> Result<String, Failed> {
    resolved(get(address).await?.text()).await?.as_string().ok_or(Failed::Unreadable)
}

pub async fn bytes(address: &str) -> Result<Vec<u8>, Failed> {
    Ok(Uint8Array::new(&resolved(get(address).await?.array_buffer()).await?).to_vec())
}

/// The body of an answer that is allowed to be a refusal: status and text.
pub async fn refusal(address: &str) -> Option<(u16, String)> {
    let response = JsFuture::from(window()?.fetch_with_str(address)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = resolved(response.text()).await.ok()?.as_string()?;
    Some((response.status(), text))
}

/// Gives the page time to be drawn, so that a reader sees the cord close knot by knot.
pub async fn pause(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = window() {
            // Without a timer the check goes on at once; only the drawing loses.
            if window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds).is_err() {
                drop(resolve.call0(&JsValue::NULL));
            }
        }
    });
    drop(JsFuture::from(promise).await);
}

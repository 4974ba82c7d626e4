//! `cover:<track>/<size>`: covers as the page's images, square thumbnails made and cached by the library.

use segue_app::Desktop;
use tauri::http::{Request, Response, StatusCode};
use tauri::{Builder, Manager, Wry};

/// Largest thumbnail that the page may ask for, in pixels.
const SIZE_PX_MAX: u32 = 1024;

pub(crate) fn serve(builder: Builder<Wry>) -> Builder<Wry> {
    builder.register_asynchronous_uri_scheme_protocol("cover", |context, request, responder| {
        let app = context.app_handle().clone();
        // Decoding a cover takes milliseconds: it must not hold up the window's thread.
        tauri::async_runtime::spawn_blocking(move || {
            responder.respond(answer(&app.state::<Desktop>(), &request));
        });
    })
}

fn answer(desktop: &Desktop, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let (status, body) = match wanted(request.uri().path()) {
        None => (StatusCode::BAD_REQUEST, Vec::new()),
        Some((track, size_px)) => match desktop.cover(track, size_px) {
            Ok(Some(jpeg)) => (StatusCode::OK, jpeg),
            Ok(None) | Err(_) => (StatusCode::NOT_FOUND, Vec::new()),
        },
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        "content-type",
        tauri::http::HeaderValue::from_static("image/jpeg"),
    );
    headers.insert(
        "cache-control",
        tauri::http::HeaderValue::from_static("max-age=3600"),
    );
    response
}

/// Reads `/42/256`, which arrives as `/42%2F256`.
fn wanted(path: &str) -> Option<(i64, u32)> {
    let path = path
        .trim_start_matches('/')
        .replace("%2F", "/")
        .replace("%2f", "/");
    let (track, size_px) = path.split_once('/')?;
    let size_px = size_px.parse().ok()?;
    (1..=SIZE_PX_MAX)
        .contains(&size_px)
        .then_some((track.parse().ok()?, size_px))
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn a_cover_is_named_by_track_and_size() {
        for (path, expected) in [
            ("/42%2F256", Some((42, 256))),
            ("/42/64", Some((42, 64))),
            ("/42", None),
            ("/42/0", None),
            ("/42/99999", None),
            ("/../etc/passwd", None),
        ] {
            assert_eq!(wanted(path), expected, "{path}");
        }
    }
}

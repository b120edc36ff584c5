//! Bundles are megabytes of text: they are packed before they are kept.

use crate::service::{Result, ServiceError};
use crate::store::agents::versions::PackedSource;

/// How thoroughly.
const LEVEL: i32 = 3;

/// Packs a bundle and its source map.
pub(super) async fn pack(source: String, source_map: Option<String>) -> Result<PackedSource> {
    let pack = move || -> std::io::Result<PackedSource> {
        let source = zstd::encode_all(source.as_bytes(), LEVEL)?;
        let source_map = source_map.filter(|map| !map.is_empty());
        let source_map = source_map.map(|map| zstd::encode_all(map.as_bytes(), LEVEL)).transpose()?;
        Ok(PackedSource { source, source_map: source_map.unwrap_or_default() })
    };
    let packed = tokio::task::spawn_blocking(pack).await.map_err(ServiceError::internal)?;
    packed.map_err(ServiceError::internal)
}

/// The bundle and its source map.
pub(super) async fn unpack(packed: PackedSource) -> Result<(String, Option<String>)> {
    let text = |bytes: &[u8]| -> std::io::Result<String> {
        String::from_utf8(zstd::decode_all(bytes)?).map_err(std::io::Error::other)
    };
    let unpack = move || -> std::io::Result<(String, Option<String>)> {
        let source_map = Some(&packed.source_map).filter(|map| !map.is_empty());
        Ok((text(&packed.source)?, source_map.map(|map| text(map)).transpose()?))
    };
    let unpacked = tokio::task::spawn_blocking(unpack).await.map_err(ServiceError::internal)?;
    unpacked.map_err(ServiceError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_packed_comes_out_as_it_was() {
        for (source, map) in [("a", None), ("module.exports = 'ä\0';", Some("{}".to_string()))] {
            let packed = pack(source.to_string(), map.clone()).await.unwrap();
            assert_eq!(unpack(packed).await.unwrap(), (source.to_string(), map));
        }
        let long = "const one = 1;\n".repeat(10_000);
        let packed = pack(long.clone(), Some(String::new())).await.unwrap();
        assert!(packed.source.len() < long.len() / 10 && packed.source_map.is_empty());
    }
}

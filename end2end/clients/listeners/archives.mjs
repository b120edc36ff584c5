// Unpacks archives.
import { ZipExtractor } from '@flatfile/plugin-zip-extractor';

export default function (listener) {
  listener.use(ZipExtractor());
}

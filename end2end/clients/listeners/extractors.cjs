// Reads the files that Inlet leaves to plugins.
const { DelimiterExtractor } = require('@flatfile/plugin-delimiter-extractor');
const { HTMLTableExtractor } = require('@flatfile/plugin-extract-html-table');
const { JSONExtractor } = require('@flatfile/plugin-json-extractor');
const { ExcelExtractor } = require('@flatfile/plugin-xlsx-extractor');
const { XMLExtractor } = require('@flatfile/plugin-xml-extractor');

module.exports = function (listener) {
  listener.use(DelimiterExtractor('.txt', { delimiter: '#' }));
  listener.use(ExcelExtractor());
  listener.use(HTMLTableExtractor());
  listener.use(JSONExtractor());
  listener.use(XMLExtractor());
};

// Maps every file that was read to the sheet People.
const { automap } = require('@flatfile/plugin-automap');
const { DelimiterExtractor } = require('@flatfile/plugin-delimiter-extractor');

module.exports = function (listener) {
  listener.use(DelimiterExtractor('.txt', { delimiter: '#' }));
  listener.use(automap({ accuracy: 'confident', defaultTargetSheet: 'People', matchFilename: /\.txt$/ }));
};

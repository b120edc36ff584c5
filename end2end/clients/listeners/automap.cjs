// Maps every file that was extracted to the sheet People.
const { automap } = require('@flatfile/plugin-automap');

module.exports = function (listener) {
  listener.use(automap({ accuracy: 'confident', defaultTargetSheet: 'People', matchFilename: /\.txt$/ }));
};

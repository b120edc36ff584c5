// Removes the records that have an e-mail which stood in one before.
const { dedupePlugin } = require('@flatfile/plugin-dedupe');

module.exports = function (listener) {
  listener.use(dedupePlugin('dedupe-email', { on: 'email', keep: 'first' }));
};

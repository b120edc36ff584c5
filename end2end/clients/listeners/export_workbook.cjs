// Writes a workbook to an Excel file, for a person to download.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const { exportWorkbookPlugin } = require('@flatfile/plugin-export-workbook');

// The plugin writes where the process stands.
const place = mkdtempSync(join(tmpdir(), 'inlet-export-'));
process.chdir(place);
process.once('SIGTERM', () => {
  rmSync(place, { recursive: true });
  process.exit();
});

module.exports = function (listener) {
  listener.use(exportWorkbookPlugin());
};

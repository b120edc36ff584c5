// What record hooks can do with a record, one first name each.
import { bulkRecordHook, recordHook } from '@flatfile/plugin-record-hook';

export default function (listener) {
  listener.use(
    recordHook('contacts', (record) => {
      switch (record.get('first')) {
        case 'ada':
          record.set('first', 'Ada');
          record.addInfo('first', 'Written large');
          break;
        case 'nobody':
          record.addError('last', 'Everybody has a last name');
          break;
        case 'odd':
          record.addWarning('first', 'An odd name');
          break;
        case 'locked':
          record.setReadOnly('first');
          break;
        case 'noted':
          record.setMetadata({ source: 'hook' });
          break;
      }
      return record;
    }),
  );
  // In chunks of 500, two at a time.
  listener.use(
    bulkRecordHook(
      'lines',
      (records) => {
        for (const record of records) {
          record.compute('total', (before, line) => line.get('price') * line.get('pieces'));
          record.validate('pieces', (pieces) => pieces < 1000, 'More than there are');
        }
        return records;
      },
      { chunkSize: 500, parallel: 2 },
    ),
  );
}

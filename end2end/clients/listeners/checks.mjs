// Checks that others have written: dates, ISBNs, what a text feels like.
import { enrichSentiment } from '@flatfile/plugin-enrich-sentiment';
import { validateDate } from '@flatfile/plugin-validate-date';
import { validateISBN } from '@flatfile/plugin-validate-isbn';

export default function (listener) {
  listener.use(validateDate({ sheetSlug: 'days', dateFields: ['day'], outputFormat: 'yyyy-MM-dd', includeTime: false }));
  listener.use(validateISBN({ sheetSlug: 'books', isbnFields: ['isbn'] }));
  listener.use(enrichSentiment({ sheetSlug: 'reviews', textFields: ['text'], automaticValidation: true }));
}

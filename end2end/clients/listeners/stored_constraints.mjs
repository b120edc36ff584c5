// Evaluates the constraints that an app keeps.
import { storedConstraint } from '@flatfile/plugin-stored-constraints';

export default function (listener) {
  listener.use(storedConstraint());
}

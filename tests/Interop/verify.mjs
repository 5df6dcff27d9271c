// Verifies a webhook with the library of Standard Webhooks: secret, body, id, timestamp, signature.
import { Webhook } from "standardwebhooks";

const [secret, body, id, timestamp, signature] = process.argv.slice(2);
const verified = new Webhook(secret).verify(body, { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature });
console.log(JSON.stringify(verified));

import type { Client } from '@goalixa/chassis/postgres'

/**
 * Lets one transaction at a time, over all processes, write alerts or settle who has seen them; held to its end. Two alerts
 * about one problem open one incident, and a delivery in flight is seen or unseen, never neither. Take it before any entry of
 * a timeline, whose lock is taken inside this one.
 */
export async function lockAlerts(client: Client): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('syntra:alerts', 0))`)
}

import { redactText } from '@goalixa/tools/redact'
import { HumanMessage } from '@langchain/core/messages'
import { createMiddleware } from 'langchain'

/** Removes secrets and e-mail addresses from every message to a model, even where evidence was redacted before. */
export function redactionMiddleware() {
  return createMiddleware({
    name: 'Redaction',
    wrapModelCall: (request, handler) =>
      handler({
        ...request,
        messages: request.messages.map(message =>
          HumanMessage.isInstance(message) ? new HumanMessage(redactText(message.text)) : message,
        ),
      }),
  })
}

export const openApi: object = { openapi: '3.1.0', info: { title: 'dapr-chat', version: '0' }, paths: {} }

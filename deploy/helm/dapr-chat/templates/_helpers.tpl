{{- define "dapr-chat.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "dapr-chat.appId" -}}
{{- default (include "dapr-chat.name" .) .Values.appId -}}
{{- end -}}

{{- define "dapr-chat.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "dapr-chat.labels" -}}
{{ include "dapr-chat.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The ports of dapr-chat. Beside daprd it leaves 3500, 50001 and 9090 to daprd. */}}
{{- define "dapr-chat.ports" -}}
{{- if eq .Values.mode "dapr" -}}
{"http": 3510, "grpc": 50010, "metrics": 9091}
{{- else -}}
{"http": 3500, "grpc": 50001, "metrics": 9090}
{{- end -}}
{{- end -}}

{{- define "dapr-chat.token" -}}
- name: DAPR_API_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .Values.token.secretName }}
      key: {{ .Values.token.secretKey }}
{{- end -}}

{{- define "dapr-chat.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The container of dapr-chat, in both modes. */}}
{{- define "dapr-chat.container" -}}
{{- $ports := include "dapr-chat.ports" . | fromJson -}}
- name: dapr-chat
  image: {{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  {{- if eq .Values.mode "sidecar" }}
  restartPolicy: Always
  {{- end }}
  args:
    - serve
    - --app-id={{ include "dapr-chat.appId" . }}
    - --dapr-http-port={{ $ports.http }}
    - --dapr-grpc-port={{ $ports.grpc }}
    - --metrics-port={{ $ports.metrics }}
    - --resources-path=/etc/dapr-chat/components
    - --dapr-listen-addresses=0.0.0.0
    - --metrics-listen-address=0.0.0.0
    {{- if eq .Values.mode "dapr" }}
    - --dapr-block-shutdown-duration={{ .Values.dapr.blockShutdownSeconds }}s
    {{- if and .Values.dapr.state.enabled .Values.dapr.state.history }}
    - --store-dapr-state={{ .Values.dapr.state.name }}
    {{- end }}
    {{- end }}
    - --dapr-graceful-shutdown-seconds={{ .Values.drainSeconds }}
    - --log-format=json
    - --log-level={{ .Values.logLevel }}
    {{- with .Values.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  env:
    {{- include "dapr-chat.token" . | nindent 4 }}
    - name: NAMESPACE
      valueFrom:
        fieldRef:
          fieldPath: metadata.namespace
    {{- with .Values.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.keys.secretName }}
  envFrom:
    - secretRef:
        name: {{ . }}
  {{- end }}
  ports:
    - name: http
      containerPort: {{ $ports.http }}
    - name: grpc
      containerPort: {{ $ports.grpc }}
    - name: metrics
      containerPort: {{ $ports.metrics }}
  startupProbe:
    httpGet:
      path: /v1.0/healthz/outbound
      port: http
    periodSeconds: 1
    failureThreshold: 60
  readinessProbe:
    httpGet:
      path: /v1.0/healthz
      port: http
    periodSeconds: 5
  livenessProbe:
    httpGet:
      path: /v1.0/healthz
      port: http
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  securityContext:
    {{- include "dapr-chat.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - name: components
      mountPath: /etc/dapr-chat/components
      readOnly: true
    - name: data
      mountPath: /data
{{- end -}}

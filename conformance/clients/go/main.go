// Holds conversations through the Dapr SDK for Go as any program does, and prints one line of JSON for each case. It is
// started by sdk-programs.ts, beside a sidecar whose addresses stand in the environment; the component "gpt" asks a model that follows
// a script.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	dapr "github.com/dapr/go-sdk/client"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
)

type result struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail,omitempty"`
}

func main() {
	client, err := dapr.NewClient()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Cannot reach the sidecar:", err)
		os.Exit(1)
	}
	defer client.Close()
	cases := []struct {
		name string
		run  func(context.Context, dapr.Client) error
	}{
		{"a text, alpha1", textAlpha1},
		{"a text, alpha2", textAlpha2},
		{"a conversation of several turns", turns},
		{"tools of echo", echoTools},
		{"a model that calls a tool and uses what it says", toolLoop},
		{"personal data in the question", scrubbedQuestion},
		{"personal data in the answer", scrubbedAnswer},
		{"every field of the request", everyField},
		{"an unknown component", unknownComponent},
		{"no inputs", noInputs},
		{"metadata, set and read back", metadata},
	}
	for _, each := range cases {
		outcome := result{Name: each.name, Passed: true}
		if err := each.run(context.Background(), client); err != nil {
			outcome.Passed, outcome.Detail = false, err.Error()
		}
		line, _ := json.Marshal(outcome)
		fmt.Println(string(line))
	}
}

func pointer[T any](value T) *T { return &value }

func content(text string) []*dapr.ConversationMessageContentAlpha2 {
	return []*dapr.ConversationMessageContentAlpha2{{Text: pointer(text)}}
}

func user(text string) *dapr.ConversationMessageAlpha2 {
	return &dapr.ConversationMessageAlpha2{
		ConversationMessageOfUser: &dapr.ConversationMessageOfUserAlpha2{Content: content(text)},
	}
}

func request(component string, messages ...*dapr.ConversationMessageAlpha2) dapr.ConversationRequestAlpha2 {
	return dapr.ConversationRequestAlpha2{
		Name:   component,
		Inputs: []*dapr.ConversationInputAlpha2{{Messages: messages}},
	}
}

func expect(what string, actual, expected any) error {
	if fmt.Sprint(actual) != fmt.Sprint(expected) {
		return fmt.Errorf("%s must be %q: current value is %q", what, fmt.Sprint(expected), fmt.Sprint(actual))
	}
	return nil
}

// choice sends the request and gives the only choice of the answer.
func choice(ctx context.Context, client dapr.Client, request dapr.ConversationRequestAlpha2) (*dapr.ConversationResultChoicesAlpha2, error) {
	answer, err := client.ConverseAlpha2(ctx, request)
	if err != nil {
		return nil, err
	}
	if len(answer.Outputs) != 1 || len(answer.Outputs[0].Choices) != 1 {
		return nil, errors.New("the answer must have one output with one choice")
	}
	return answer.Outputs[0].Choices[0], nil
}

// says sends the request and compares the content of the answer.
func says(ctx context.Context, client dapr.Client, request dapr.ConversationRequestAlpha2, text string) error {
	answer, err := choice(ctx, client, request)
	if err != nil {
		return err
	}
	return errors.Join(expect("the content", answer.Message.Content, text), expect("the finish reason", answer.FinishReason, "stop"))
}

func textAlpha1(ctx context.Context, client dapr.Client) error {
	inputs := []dapr.ConversationInput{{Content: "well hello there", Role: pointer("user")}}
	request := dapr.NewConversationRequest("echo", inputs)
	answer, err := client.ConverseAlpha1(ctx, request, dapr.WithContextID("ctx"), dapr.WithTemperature(0.5))
	if err != nil {
		return err
	}
	if len(answer.Outputs) != 1 {
		return errors.New("the answer must have one output")
	}
	return errors.Join(
		expect("the result", answer.Outputs[0].Result, "well hello there"),
		expect("the context id", answer.ContextID, "ctx"),
	)
}

func textAlpha2(ctx context.Context, client dapr.Client) error {
	answer, err := client.ConverseAlpha2(ctx, request("gpt", user("Hello?")))
	if err != nil {
		return err
	}
	output := answer.Outputs[0]
	return errors.Join(
		expect("the content", output.Choices[0].Message.Content, "You said: Hello?"),
		expect("the finish reason", output.Choices[0].FinishReason, "stop"),
		expect("the model", *output.Model, "scripted-1"),
		expect("the total of tokens", output.Usage.TotalTokens, 12),
	)
}

func turns(ctx context.Context, client dapr.Client) error {
	messages := []*dapr.ConversationMessageAlpha2{
		{ConversationMessageOfSystem: &dapr.ConversationMessageOfSystemAlpha2{Content: content("Be brief.")}},
		{ConversationMessageOfDeveloper: &dapr.ConversationMessageOfDeveloperAlpha2{Content: content("Be kind.")}},
		user("first"),
	}
	first, err := choice(ctx, client, request("gpt", messages...))
	if err != nil {
		return err
	}
	messages = append(messages, &dapr.ConversationMessageAlpha2{
		ConversationMessageOfAssistant: &dapr.ConversationMessageOfAssistantAlpha2{Content: content(first.Message.Content)},
	}, user("second"))
	return errors.Join(
		says(ctx, client, request("gpt", messages...), "You said: second"),
		says(ctx, client, request("echo", messages...), "Be brief.\nBe kind.\nfirst\nYou said: first\nsecond"),
	)
}

func weather() ([]*dapr.ConversationToolsAlpha2, error) {
	parameters, err := structpb.NewStruct(map[string]any{
		"type":       "object",
		"properties": map[string]any{"city": map[string]any{"type": "string"}},
		"required":   []any{"city"},
	})
	return []*dapr.ConversationToolsAlpha2{{
		Name: "get_weather", Description: pointer("The weather of a city"), Parameters: parameters,
	}}, err
}

func echoTools(ctx context.Context, client dapr.Client) error {
	tools, err := weather()
	if err != nil {
		return err
	}
	asked := request("echo", user("Weather?"))
	asked.Tools, asked.ToolChoice = tools, pointer(dapr.ToolChoiceAlpha2("get_weather"))
	answer, err := choice(ctx, client, asked)
	if err != nil {
		return err
	}
	if len(answer.Message.ToolCalls) != 1 {
		return errors.New("the answer must have one call")
	}
	call := answer.Message.ToolCalls[0]
	return errors.Join(
		expect("the finish reason", answer.FinishReason, "tool_calls"),
		expect("the call", []string{call.ID, call.ToolTypes.Name, call.ToolTypes.Arguments}, []string{"0", "get_weather", "city"}),
	)
}

func toolLoop(ctx context.Context, client dapr.Client) error {
	tools, err := weather()
	if err != nil {
		return err
	}
	messages := []*dapr.ConversationMessageAlpha2{user("What is the weather in Oslo?")}
	asked := request("gpt", messages...)
	asked.Tools = tools
	first, err := choice(ctx, client, asked)
	if err != nil {
		return err
	}
	if len(first.Message.ToolCalls) != 1 {
		return errors.New("the answer must have one call")
	}
	call := first.Message.ToolCalls[0]
	messages = append(messages,
		&dapr.ConversationMessageAlpha2{
			ConversationMessageOfAssistant: &dapr.ConversationMessageOfAssistantAlpha2{ToolCalls: first.Message.ToolCalls},
		},
		&dapr.ConversationMessageAlpha2{
			ConversationMessageOfTool: &dapr.ConversationMessageOfToolAlpha2{
				ToolID: pointer(call.ID), Name: pointer(call.ToolTypes.Name), Content: content("4 C, rain"),
			},
		},
	)
	asked = request("gpt", messages...)
	asked.Tools = tools
	return errors.Join(
		expect("the finish reason", first.FinishReason, "tool_calls"),
		expect("the arguments", call.ToolTypes.Arguments, `{"city":"Oslo"}`),
		says(ctx, client, asked, "The tool said: 4 C, rain"),
	)
}

const secret = "my email is test@test.com"

func scrubbedQuestion(ctx context.Context, client dapr.Client) error {
	asked := request("gpt", user(secret))
	asked.Inputs[0].ScrubPII = pointer(true)
	return says(ctx, client, asked, "You said: my email is <EMAIL_ADDRESS>")
}

func scrubbedAnswer(ctx context.Context, client dapr.Client) error {
	asked := request("gpt", user(secret))
	asked.ScrubPII = pointer(true)
	return says(ctx, client, asked, "You said: my email is <EMAIL_ADDRESS>")
}

func everyField(ctx context.Context, client dapr.Client) error {
	format, err := structpb.NewStruct(map[string]any{"type": "object"})
	if err != nil {
		return err
	}
	asked := request("echo", user("hello"))
	asked.ContextID = pointer("ctx")
	asked.Metadata = map[string]string{"key": "value"}
	asked.Temperature = pointer(0.5)
	asked.ResponseFormat = format
	asked.PromptCacheRetention = durationpb.New(0)
	answer, err := client.ConverseAlpha2(ctx, asked)
	if err != nil {
		return err
	}
	return expect("the context id", answer.ContextID, "ctx")
}

func refused(err error, code codes.Code, text string) error {
	if err == nil {
		return errors.New("the call must fail")
	}
	if !strings.Contains(err.Error(), text) {
		return fmt.Errorf("the error must contain %q: current value is %q", text, err.Error())
	}
	return expect("the code", status.Code(err), code)
}

func unknownComponent(ctx context.Context, client dapr.Client) error {
	_, err := client.ConverseAlpha2(ctx, request("nobody", user("hello")))
	return refused(err, codes.InvalidArgument, "failed finding conversation component nobody")
}

func noInputs(ctx context.Context, client dapr.Client) error {
	_, err := client.ConverseAlpha2(ctx, dapr.ConversationRequestAlpha2{Name: "echo"})
	return refused(err, codes.InvalidArgument, "missing inputs in request")
}

func metadata(ctx context.Context, client dapr.Client) error {
	if err := client.SetMetadata(ctx, "go", "was here"); err != nil {
		return err
	}
	answer, err := client.GetMetadata(ctx)
	if err != nil {
		return err
	}
	return errors.Join(
		expect("the entry", answer.ExtendedMetadata["go"], "was here"),
		expect("the components", len(answer.RegisteredComponents), 2),
	)
}

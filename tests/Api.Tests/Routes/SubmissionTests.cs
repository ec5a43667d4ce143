using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MMOrleans.Configuration;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Tests.Routes;

public sealed class SubmissionTests : IAsyncLifetime
{
    private const string Yaml = "preset: cifar10-lt-100\nname: nightly\ntrain:\n  epochs: 20\n";

    private readonly SomeRuns _runs = new();
    private readonly ScriptedRun _script;
    private TestServer _server = null!;

    public SubmissionTests()
    {
        _runs.Cluster = ScriptedCluster.Create();
        (_runs.Grain, _script) = ScriptedRun.Create();
    }

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(_runs);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _runs.Dispose();
    }

    [Theory]
    [InlineData("application/yaml")]
    [InlineData("application/yaml; charset=utf-8")]
    [InlineData("text/x-yaml")]
    public async Task AConfigurationStartsTheRunThatMmTrainWouldStart(string type)
    {
        using var answer = await PostAsync("runs", Yaml, type);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var submission = Assert.Single(_script.Submissions);
        Assert.Equal(
            SpecificationDocument.Write(RequestConfiguration.Read(Yaml).Specification),
            submission.Specification
        );
        Assert.Equal("nightly", submission.Settings.Name);
        Assert.Contains("epochs: 20", submission.Settings.ConfigurationYaml, StringComparison.Ordinal);
        Assert.EndsWith(submission.RunId, $"{answer.Headers.Location}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task InJsonAConfigurationAndWhatItWasResolvedToAreToldApart()
    {
        using var first = await PostAsync("runs", """{ "train": { "epochs": 7 } }""", "application/json");
        var resolved = Assert.Single(_script.Submissions);
        var body = new JsonObject
        {
            ["specification"] = JsonNode.Parse(resolved.Specification),
            ["settings"] = new JsonObject { ["name"] = "again" },
        };
        using var second = await PostAsync("runs", body.ToJsonString(), "application/json");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(resolved.Specification, _script.Submissions[1].Specification);
    }

    [Fact]
    public async Task UnderAnIdOfOnesOwnAConfigurationIsTakenToo()
    {
        using var content = Content(Yaml, "application/yaml");
        using var answer = await _server.Client.PutAsync("runs/r-00000a", content);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("r-00000a", Assert.Single(_script.Submissions).RunId);
    }

    [Fact]
    public async Task EverythingWrongIsToldInOneAnswerAndNothingStarts()
    {
        using var answer = await PostAsync(
            "runs",
            "trian:\n  epochs: 5\nimbalance:\n  ratio: 0.01\n",
            "application/yaml"
        );
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("MM1003", (string?)problem["code"]);
        Assert.Equal(
            ["MM1003", "MM1004"],
            problem["problems"]!.AsArray().Select(one => (string?)one!["code"])
        );
        Assert.StartsWith(
            "request:1:1: unknown key 'trian'",
            (string?)problem["detail"],
            StringComparison.Ordinal
        );
        Assert.Empty(_script.Submissions);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "MM1002")] // what curl says when nobody tells it
    [InlineData("", "MM1002")]
    [InlineData("application/yaml", "MM1006")]
    public async Task WhatIsNoTextOfAKnownKindIsRefusedWithWhatToSend(string type, string code)
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(Yaml), 0xC3]);
        content.Headers.ContentType = type.Length == 0 ? null : MediaTypeHeaderValue.Parse(type);
        using var answer = await _server.Client.PostAsync("runs", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(code, (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"]);
        Assert.Empty(_script.Submissions);
    }

    [Fact]
    public async Task PresetsAndTheSchemaAreToldByWhoeverServes()
    {
        var presets = JsonNode.Parse(await _server.Client.GetStringAsync("presets"))!;
        using var schema = await _server.Client.GetAsync("schema/run.json");
        var properties = JsonNode.Parse(await schema.Content.ReadAsStringAsync())!["properties"]!;

        Assert.Contains("cifar10-lt-100", presets["presets"]!.AsArray().Select(one => (string?)one!["name"]));
        Assert.Equal("application/schema+json", schema.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(properties["train"]!["properties"]!["epochs"]);
    }

    [Fact]
    public async Task TheDescriptionSaysWhatABodyMayBe()
    {
        var document = JsonNode.Parse(
            await _server.Client.GetStringAsync(new Uri(_server.Address, "/openapi/v1.json"))
        )!;

        Assert.Equal(
            ["application/json", "application/yaml"],
            document["paths"]!["/api/v1/runs"]!["post"]!["requestBody"]!["content"]!
                .AsObject()
                .Select(kind => kind.Key)
                .Order()
        );
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string text, string type)
    {
        using var content = Content(text, type);
        return await _server.Client.PostAsync(path, content);
    }

    private static StringContent Content(string text, string type) =>
        new(text, MediaTypeHeaderValue.Parse(type));
}

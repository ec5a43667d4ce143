using System.Text.Json.Nodes;

namespace MMOrleans.Api.Tests.Routes;

/// <summary>What a route sends is what the description of REST says that it sends: nothing more, and nothing less.</summary>
public sealed class DescriptionTests : IAsyncLifetime
{
    private readonly SomeRuns _runs = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(_runs);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _runs.Dispose();
    }

    [Theory]
    [InlineData("/runs", "runs")]
    [InlineData("/runs/{id}", "runs/latest")]
    [InlineData("/runs/{id}/checkpoints", "runs/latest/checkpoints")]
    [InlineData("/runs/{id}/config", "runs/latest/config")]
    [InlineData("/runs/{id}/metrics", "runs/latest/metrics")]
    [InlineData("/runs/{id}/trainers", "runs/latest/trainers")]
    [InlineData("/runs/{id}/why", "runs/latest/why")]
    [InlineData("/metrics", "metrics")]
    [InlineData("/presets", "presets")]
    [InlineData("/version", "version")]
    public async Task AnAnswerIsAsItIsDescribed(string route, string path)
    {
        SomeRuns.Begin(_runs.Write(epochs: 2));
        var description = await GetAsync("/openapi/v1.json");
        var answer = await GetAsync($"/api/v1/{path}");

        List<string> differences = [];
        Compare(
            description,
            description["paths"]![$"/api/v1{route}"]!["get"]!["responses"]!["200"]!["content"]![
                "application/json"
            ]!["schema"]!,
            answer,
            "",
            differences
        );

        Assert.Equal("", string.Join('\n', differences));
    }

    private static void Compare(
        JsonNode description,
        JsonNode schema,
        JsonNode? value,
        string at,
        List<string> differences
    )
    {
        if (value is null)
            return;
        var meant = Resolve(description, schema);
        switch (value)
        {
            case JsonArray array:
                if (meant["items"] is { } items)
                    foreach (var one in array)
                        Compare(description, items, one, $"{at}[]", differences);
                break;
            case JsonObject sent when meant["properties"] is JsonObject described:
                differences.AddRange(
                    sent.Where(key => !described.ContainsKey(key.Key))
                        .Select(key => $"{at}/{key.Key} is not described")
                );
                differences.AddRange(
                    described
                        .Where(key => !sent.ContainsKey(key.Key))
                        .Select(key => $"{at}/{key.Key} is not sent")
                );
                foreach (var (key, below) in sent)
                    if (described[key] is { } one)
                        Compare(description, one, below, $"{at}/{key}", differences);
                break;
        }
    }

    private static JsonNode Resolve(JsonNode description, JsonNode schema)
    {
        if (schema["oneOf"] is JsonArray choices)
            return Resolve(description, choices.First(one => (string?)one!["type"] != "null")!);
        return (string?)schema["$ref"] is { } reference
            ? Resolve(description, description["components"]!["schemas"]![reference.Split('/')[^1]]!)
            : schema;
    }

    private async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await _server.Client.GetStringAsync(new Uri(_server.Address, path)))!;
}

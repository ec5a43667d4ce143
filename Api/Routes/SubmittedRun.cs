using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using MMOrleans.Api.Documents;
using MMOrleans.Configuration;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Routes;

/// <summary>Reads what somebody wants to have trained: a configuration, as <c>mm train FILE</c> takes it, or what one was resolved to.</summary>
internal static class SubmittedRun
{
    private const string Yaml = "application/yaml";
    private const string Json = "application/json";

    // RFC 9512, and what YAML was called before it.
    private static readonly string[] YamlTypes = [Yaml, "application/x-yaml", "text/yaml", "text/x-yaml"];

    private static readonly UTF8Encoding Utf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <exception cref="BadHttpRequestException">A configuration that is refused, with all its faults.</exception>
    /// <exception cref="FaultException">MM1002: neither a configuration nor what one was resolved to; MM1006: not UTF-8.</exception>
    public static async Task<(RunSpecification Specification, RunSettings Settings)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var header)
            ? header.MediaType.Value?.ToLowerInvariant()
            : null;
        if (type != Json && !YamlTypes.Contains(type))
            throw new FaultException(
                "MM1002",
                $"the body is of type '{request.ContentType}', and a run is asked for in YAML or JSON",
                $"curl --data-binary @run.yaml --header 'Content-Type: {Yaml}' …"
            );
        var text = await TextAsync(request, cancellationToken);
        return type == Json && Resolved(text) is { } resolved ? resolved : Configured(text);
    }

    private static (RunSpecification, RunSettings) Configured(string text)
    {
        try
        {
            return RequestConfiguration.Read(text);
        }
        catch (FaultException refused)
        {
            // Whatever its code: a name in it that does not exist is a bad request, not a missing page.
            throw new BadHttpRequestException(refused.Message, StatusCodes.Status400BadRequest, refused);
        }
    }

    /// <summary>Says in the description of REST what a body may be.</summary>
    public static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    ) =>
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description =
                "A configuration (its schema is at schema/run.json), in JSON also what one was resolved to: specification and settings.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Yaml] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                [Json] = new()
                {
                    Schema = await context.GetOrCreateSchemaAsync(
                        typeof(SubmissionDocument),
                        cancellationToken: cancellationToken
                    ),
                },
            },
        };

    private static async Task<string> TextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, cancellationToken);
        try
        {
            return Utf8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
        catch (DecoderFallbackException fault)
        {
            throw new FaultException(
                "MM1006",
                $"the body is not UTF-8: {fault.Message}",
                "save the file as UTF-8",
                fault
            );
        }
    }

    /// <summary>Null for an object without a specification: that is a configuration.</summary>
    private static (RunSpecification, RunSettings)? Resolved(string text)
    {
        try
        {
            var body = JsonSerializer.Deserialize<JsonElement>(text);
            if (body.ValueKind == JsonValueKind.Object && !body.TryGetProperty("specification", out _))
                return null;
            var submission =
                body.Deserialize<SubmissionDocument>(ApiJson.Options)
                ?? throw new JsonException("it is null");
            return (
                SpecificationDocument.Read(submission.Specification.GetRawText()),
                submission.Settings.Deserialize<RunSettings>(SubmissionDocument.Json)
                    ?? throw new JsonException("settings are null")
            );
        }
        catch (Exception fault)
            when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FaultException(
                "MM1002",
                $"that is not a submission: {fault.Message}",
                "send a configuration, in YAML or JSON, or specification and settings as a run's record holds them",
                fault
            );
        }
    }
}

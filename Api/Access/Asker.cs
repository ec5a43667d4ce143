namespace MMOrleans.Api.Access;

/// <summary>Who asks, as far as a request tells.</summary>
/// <param name="IsLoopback">The connection comes from this machine.</param>
/// <param name="IsForwarded">It says that it was passed on for somebody else.</param>
/// <param name="Token">Bearer token; null for none.</param>
/// <param name="HasTicket">It wants the report of a run, and has a ticket for it.</param>
/// <param name="Host">Host that it means, without a port.</param>
/// <param name="Origin">Page that a browser asks for; null where none does.</param>
/// <param name="Self">Origin of what is served here, such as <c>http://127.0.0.1:8080</c>.</param>
/// <param name="IsWrite">It wants to change something.</param>
/// <param name="IsForOperators">What it asks for is not for viewers, though it changes nothing.</param>
internal sealed record Asker(
    bool IsLoopback,
    bool IsForwarded,
    string? Token,
    bool HasTicket,
    string Host,
    string? Origin,
    string Self,
    bool IsWrite,
    bool IsForOperators = false
);

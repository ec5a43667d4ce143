namespace MMOrleans.Journeys.Support;

/// <summary>One picture of <see cref="Photographs"/>.</summary>
/// <param name="Split"><c>train</c> or <c>test</c>.</param>
/// <param name="Class">Its class, by name.</param>
/// <param name="File">Its name, with an ending.</param>
/// <param name="Bytes">JPEG or PNG.</param>
internal sealed record Photograph(string Split, string Class, string File, byte[] Bytes);
